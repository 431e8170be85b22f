//! The BFGS quasi-Newton method (Dennis and Schnabel: Numerical Methods for Unconstrained Optimization and Nonlinear
//! Equations, 1983, algorithms A6.3.1mod and A9.4.2 with the inverse kept), as far as Weka goes with it.
//!
//! Where it ends decides what comes out where a minimum lies far away, so the end is Weka's, found from its results: no
//! more is to be gained along the next direction, or the slope hardly changed along the last step. After
//! [`ROUND`] steps the matrix starts from the identity again.

use ndarray::{Array1, Array2};

/// What a sufficient step gains at least, of what the slope promises.
const ALPHA: f64 = 1e-4;
/// What remains of the slope at most after a step that is long enough.
const BETA: f64 = 0.9;
/// The length of a step at most, in lengths of the start (or the number of variables).
const LONGEST: f64 = 100.0;
/// The shortest step, relative to the variables.
const SHORTEST: f64 = 1e-10;
/// Steps after which the matrix starts anew.
const ROUND: usize = 200;
/// Trials within one line search at most.
const TRIALS: usize = 200;

/// Slopes and curvatures below this count as none: the square root of the machine's precision.
const NOTHING: f64 = 1.490_116_119_384_765_6e-8;

/// A function of several variables.
pub trait Objective {
    /// What the value leaves for the gradient.
    type Aside;
    /// The value at a place.
    fn value(&self, x: &Array1<f64>) -> (f64, Self::Aside);
    /// The gradient there.
    fn gradient(&self, x: &Array1<f64>, aside: &Self::Aside) -> Array1<f64>;
}

/// Where it ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The place.
    pub x: Array1<f64>,
    /// Steps taken.
    pub iterations: usize,
    /// Whether it ended by itself.
    pub converged: bool,
}

/// Goes down from `x`, in so many steps at most.
pub fn minimum<O: Objective>(objective: &O, x: Array1<f64>, steps: usize) -> Minimum {
    let mut found = Minimum { x, iterations: 0, converged: false };
    while found.iterations < steps && !found.converged {
        found = round(objective, found, steps);
    }
    found
}

/// Up to [`ROUND`] steps.
fn round<O: Objective>(objective: &O, from: Minimum, steps: usize) -> Minimum {
    let n = from.x.len();
    let longest = LONGEST * from.x.dot(&from.x).sqrt().max(count(n));
    let mut inverse = Array2::eye(n);
    let mut here = Place::at(objective, from.x);
    let mut iterations = from.iterations;
    let last = steps.min(iterations + ROUND);
    let mut converged = false;
    while iterations < last {
        let mut direction = -inverse.dot(&here.gradient);
        let length = direction.dot(&direction).sqrt();
        if length > longest {
            direction *= longest / length;
        }
        let slope = here.gradient.dot(&direction);
        converged = slope.is_nan() || slope >= -NOTHING;
        let line = Line { objective, from: &here, direction: &direction, slope, longest };
        let next = if converged { None } else { line.search() };
        let Some(next) = next else {
            converged = true;
            break;
        };
        iterations += 1;
        let step = &next.x - &here.x;
        let change = &next.gradient - &here.gradient;
        here = next;
        let curvature = change.dot(&step);
        if curvature.is_nan() || curvature < NOTHING {
            converged = true;
            break;
        }
        update(&mut inverse, &step, &change, curvature);
    }
    Minimum { x: here.x, iterations, converged }
}

/// BFGS: the inverse of the matrix of second derivatives that takes `change` to `step`.
fn update(inverse: &mut Array2<f64>, step: &Array1<f64>, change: &Array1<f64>, curvature: f64) {
    let moved = inverse.dot(change);
    let factor = (1.0 + change.dot(&moved) / curvature) / curvature;
    for ((mut row, s), m) in inverse.rows_mut().into_iter().zip(step).zip(&moved) {
        row.scaled_add(factor * s - m / curvature, step);
        row.scaled_add(-s / curvature, &moved);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of variables")]
fn count(n: usize) -> f64 {
    n as f64
}

/// A place with its value and gradient.
struct Place {
    x: Array1<f64>,
    value: f64,
    gradient: Array1<f64>,
}

impl Place {
    fn at<O: Objective>(objective: &O, x: Array1<f64>) -> Self {
        let (value, aside) = objective.value(&x);
        let gradient = objective.gradient(&x, &aside);
        Place { x, value, gradient }
    }
}

/// A line from a place downwards.
struct Line<'a, O: Objective> {
    objective: &'a O,
    from: &'a Place,
    direction: &'a Array1<f64>,
    slope: f64,
    longest: f64,
}

/// A step along a line: its length in directions, and the value there.
struct Step<O: Objective> {
    length: f64,
    x: Array1<f64>,
    value: f64,
    aside: O::Aside,
}

/// A piece of the line between a step that gains enough and one that is too long.
struct Bracket<O: Objective> {
    low: Step<O>,
    /// The slope at `low`.
    slope: f64,
    width: f64,
    /// The value at the far end.
    high: f64,
}

impl<O: Objective> Line<'_, O> {
    fn at(&self, length: f64) -> Step<O> {
        let x = &self.from.x + &(self.direction * length);
        let (value, aside) = self.objective.value(&x);
        Step { length, x, value, aside }
    }

    /// Whether it gains enough for its length.
    fn gains(&self, step: &Step<O>) -> bool {
        step.value <= self.from.value + ALPHA * step.length * self.slope
    }

    fn gradient(&self, step: &Step<O>) -> Array1<f64> {
        self.objective.gradient(&step.x, &step.aside)
    }

    /// Whether it is long enough: the slope there is a part of what it was.
    fn is_flat(&self, slope: f64) -> bool {
        slope >= BETA * self.slope
    }

    fn end(&self, step: Step<O>) -> Place {
        let gradient = self.gradient(&step);
        Place { x: step.x, value: step.value, gradient }
    }

    /// The shortest step that says anything.
    fn shortest(&self) -> f64 {
        let sizes = self.direction.iter().zip(&self.from.x).map(|(d, x)| d.abs() / x.abs().max(1.0));
        SHORTEST / sizes.fold(f64::MIN_POSITIVE, f64::max)
    }

    /// A step that gains enough and is long enough; none where none is long enough to tell.
    fn search(&self) -> Option<Place> {
        let shortest = self.shortest();
        let mut step = self.at(1.0);
        let mut before: Option<(f64, f64)> = None;
        for _ in 0..TRIALS {
            if step.length < shortest || step.value.is_nan() {
                return None;
            }
            if self.gains(&step) {
                return Some(self.lengthened(step, before, shortest));
            }
            let shorter = self.shorter(step.length, step.value, before);
            before = Some((step.length, step.value));
            step = self.at(shorter);
        }
        None
    }

    /// The next length after one that gained too little: the minimum of the cubic (at first the square) through what is
    /// known, between a tenth and half of it.
    fn shorter(&self, length: f64, value: f64, before: Option<(f64, f64)>) -> f64 {
        let rise = value - self.from.value;
        let next = match before {
            None => -self.slope / (2.0 * (rise - self.slope)),
            Some((length_before, value_before)) => {
                let r1 = rise - length * self.slope;
                let r2 = value_before - self.from.value - length_before * self.slope;
                let (s1, s2) = (length * length, length_before * length_before);
                let a = (r1 / s1 - r2 / s2) / (length - length_before);
                let b = (-length_before * r1 / s1 + length * r2 / s2) / (length - length_before);
                let discriminant = b * b - 3.0 * a * self.slope;
                if a == 0.0 {
                    -self.slope / (2.0 * b)
                } else if discriminant < 0.0 {
                    length / 2.0
                } else if b <= 0.0 {
                    (-b + discriminant.sqrt()) / (3.0 * a)
                } else {
                    -self.slope / (b + discriminant.sqrt())
                }
            }
        };
        // A number that is none becomes the shortest.
        next.min(length / 2.0).max(length / 10.0)
    }

    /// The same step, or a longer one where the slope is hardly less than at the start.
    fn lengthened(&self, step: Step<O>, before: Option<(f64, f64)>, shortest: f64) -> Place {
        let gradient = self.gradient(&step);
        let slope = gradient.dot(self.direction);
        if self.is_flat(slope) {
            return Place { x: step.x, value: step.value, gradient };
        }
        let most = self.longest / self.direction.dot(self.direction).sqrt();
        if step.length == 1.0 && most > 1.0 {
            return self.doubled(step, slope, most, shortest);
        }
        match before {
            // What was tried before was too long.
            Some((length, high)) => {
                let width = length - step.length;
                self.within(Bracket { low: step, slope, width, high }, shortest)
            }
            None => Place { x: step.x, value: step.value, gradient },
        }
    }

    /// Twice as long until it is flat, or too long.
    fn doubled(&self, step: Step<O>, slope: f64, most: f64, shortest: f64) -> Place {
        let (mut low, mut low_slope) = (step, slope);
        for _ in 0..TRIALS {
            let next = self.at((2.0 * low.length).min(most));
            if !self.gains(&next) {
                let width = next.length - low.length;
                return self.within(Bracket { low, slope: low_slope, width, high: next.value }, shortest);
            }
            let gradient = self.gradient(&next);
            let slope = gradient.dot(self.direction);
            if self.is_flat(slope) || next.length >= most {
                return Place { x: next.x, value: next.value, gradient };
            }
            (low, low_slope) = (next, slope);
        }
        self.end(low)
    }

    /// A step within a bracket that is flat; the lower end's where it becomes too narrow.
    fn within(&self, mut bracket: Bracket<O>, shortest: f64) -> Place {
        for _ in 0..TRIALS {
            let Bracket { low, slope, width, high } = &bracket;
            let squared = slope * width * width;
            // Not below a fifth; `max` passes over what is no number.
            let inner = (-squared / (2.0 * (high - (low.value + slope * width)))).max(0.2 * width);
            let step = self.at(low.length + inner);
            if self.gains(&step) {
                let gradient = self.gradient(&step);
                let slope = gradient.dot(self.direction);
                if self.is_flat(slope) {
                    return Place { x: step.x, value: step.value, gradient };
                }
                bracket = Bracket { low: step, slope, width: width - inner, high: *high };
            } else {
                let (width, high) = (inner, step.value);
                bracket.width = width;
                bracket.high = high;
            }
            if bracket.width.is_nan() || bracket.width < shortest {
                break;
            }
        }
        self.end(bracket.low)
    }
}
