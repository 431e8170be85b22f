//! Measures of predicted probabilities.

use ndarray::{Array1, Array2, ArrayView1};

use crate::metric::contingency::float;
use crate::metric::ranking::Ranking;

/// Known classes and the probabilities that a model gives to every class.
#[derive(Clone, Debug)]
pub struct Probabilities<'a> {
    truth: &'a [usize],
    values: &'a Array2<f64>,
    predicted: Option<&'a [Option<usize>]>,
    positive: Result<usize, String>,
    training: Option<&'a [usize]>,
}

impl<'a> Probabilities<'a> {
    /// `truth` holds one class a row, `values` is `[rows, classes]`.
    ///
    /// # Errors
    /// No rows, shapes that do not fit, a class without a column, values that are not finite.
    pub fn of(truth: &'a [usize], values: &'a Array2<f64>) -> Result<Self, String> {
        let (rows, classes) = values.dim();
        if truth.is_empty() || classes == 0 {
            return Err("there are no rows".to_owned());
        }
        if rows != truth.len() {
            return Err(format!("{rows} rows of probabilities for {} rows", truth.len()));
        }
        if let Some(class) = truth.iter().find(|class| **class >= classes) {
            return Err(format!("class number {class}, where there are {classes} classes, counted from 0"));
        }
        if let Some(value) = values.iter().find(|p| !p.is_finite()) {
            return Err(format!("a probability is {value}"));
        }
        let positive = Err("it is not known which class is the positive one".to_owned());
        Ok(Probabilities { truth, values, predicted: None, positive, training: None })
    }

    /// Adds what some measures need besides: the predicted classes, of which only is used which rows have none; the
    /// positive class, or why there is none; the training rows of each class.
    #[must_use]
    pub fn with(
        self,
        predicted: &'a [Option<usize>],
        positive: Result<usize, String>,
        training: Option<&'a [usize]>,
    ) -> Self {
        Probabilities { predicted: Some(predicted), positive, training, ..self }
    }

    fn classes(&self) -> usize {
        self.values.ncols()
    }

    /// Each row's class and probabilities.
    fn rows(&self) -> impl Iterator<Item = (usize, ArrayView1<'_, f64>)> {
        self.truth.iter().copied().zip(self.values.rows())
    }

    /// Whether the model classifies a row.
    fn is_classified(&self, row: usize) -> bool {
        self.predicted.is_none_or(|predicted| predicted.get(row).is_some_and(Option::is_some))
    }

    fn mean(&self, of_row: impl Fn(usize, ArrayView1<'_, f64>) -> f64) -> f64 {
        self.rows().map(|(class, values)| of_row(class, values)).sum::<f64>() / float(self.truth.len() as u64)
    }

    fn within_unit(&self) -> Result<(), String> {
        match self.values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            Some(value) => Err(format!("{value} is no probability")),
            None => Ok(()),
        }
    }

    /// Mean of minus the natural logarithm of the true class's probability, clipped to [2^-52, 1 - 2^-52].
    ///
    /// # Errors
    /// Values outside 0 to 1.
    pub fn log_loss(&self) -> Result<f64, String> {
        self.within_unit()?;
        Ok(self.mean(|class, values| -values[class].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()))
    }

    /// Mean squared difference of the positive class's probability and 1 or 0 (Brier 1950).
    ///
    /// # Errors
    /// Values outside 0 to 1, or no positive class.
    pub fn brier(&self) -> Result<f64, String> {
        let positive = self.positive.clone()?;
        self.within_unit()?;
        if positive >= self.classes() {
            return Err("the positive class has no probabilities".to_owned());
        }
        Ok(self.mean(|class, values| (values[positive] - truth_of(class, positive)).powi(2)))
    }

    /// Mean of the squared differences of all classes, summed over the classes: 0 to 2.
    ///
    /// # Errors
    /// Values outside 0 to 1.
    pub fn brier_sum(&self) -> Result<f64, String> {
        self.within_unit()?;
        Ok(self.mean(|class, values| errors(class, values).map(|error| error * error).sum()))
    }

    /// Share of rows whose class is the first of those with the largest probability. A row that is not classified is
    /// wrong.
    pub fn top1_accuracy(&self) -> f64 {
        self.hits(|class, values| (0..values.len()).all(|other| ahead(values, class, other, other < class) == 0))
    }

    /// Share of rows whose class is among the two with the largest probabilities. Of equal ones the later class is
    /// taken, as scikit-learn does. A row that is not classified is wrong.
    pub fn top2_accuracy(&self) -> f64 {
        self.hits(|class, values| {
            (0..values.len()).map(|other| ahead(values, class, other, other > class)).sum::<u8>() < 2
        })
    }

    fn hits(&self, is_hit: impl Fn(usize, ArrayView1<'_, f64>) -> bool) -> f64 {
        let rows = self.rows().enumerate();
        let hits = rows.filter(|(row, (class, values))| self.is_classified(*row) && is_hit(*class, *values)).count();
        float(hits as u64) / float(self.truth.len() as u64)
    }

    /// Area under the ROC curve of each class against the rest, averaged over the classes, each as much as it has rows
    /// (`weighted`) or as any other.
    ///
    /// # Errors
    /// A class without rows, or with all of them.
    pub fn roc_auc_ovr(&self, weighted: bool) -> Result<f64, String> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for class in 0..self.classes() {
            let size = self.class_size(class)?;
            let ranking = Ranking::of(self.rows().map(|(truth, values)| (values[class], truth == class)))?;
            let weight = if weighted { float(size) } else { 1.0 };
            sum += weight * ranking.roc_auc()?;
            weights += weight;
        }
        Ok(sum / weights)
    }

    /// Area under the ROC curve of each class against each other one, on the rows of the two, averaged (Hand and Till
    /// 2001).
    ///
    /// # Errors
    /// A class without rows, or a single class.
    pub fn roc_auc_ovo(&self) -> Result<f64, String> {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for class in 0..self.classes() {
            self.class_size(class)?;
            for other in (0..self.classes()).filter(|other| *other != class) {
                let rows = self.rows().filter(|(truth, _)| [class, other].contains(truth));
                sum += Ranking::of(rows.map(|(truth, values)| (values[class], truth == class)))?
                    .roc_auc()
                    .map_err(|_| format!("class number {other} has no rows"))?;
                pairs += 1.0;
            }
        }
        if pairs > 0.0 { Ok(sum / pairs) } else { Err("there is a single class".to_owned()) }
    }

    fn class_size(&self, class: usize) -> Result<u64, String> {
        match self.truth.iter().filter(|truth| **truth == class).count() {
            0 => Err(format!("class number {class} has no rows")),
            size if size == self.truth.len() => Err("all rows are of one class".to_owned()),
            size => Ok(size as u64),
        }
    }

    /// Mean over rows and classes of the absolute error, as Weka: rows that are not classified are left out.
    ///
    /// # Errors
    /// No row is classified.
    pub fn mean_absolute_error(&self) -> Result<f64, String> {
        self.mean_error(f64::abs, None)
    }

    /// Root of the mean over rows and classes of the squared error, as Weka: rows that are not classified are left
    /// out.
    ///
    /// # Errors
    /// No row is classified.
    pub fn root_mean_squared_error(&self) -> Result<f64, String> {
        self.mean_error(|error| error * error, None).map(f64::sqrt)
    }

    /// The mean absolute error over that of the class shares of the training rows, (n + 1) / (N + classes) each.
    ///
    /// # Errors
    /// No row is classified, or the training rows are not known.
    pub fn relative_absolute_error(&self) -> Result<f64, String> {
        self.relative(f64::abs)
    }

    /// The root mean squared error over that of the class shares of the training rows, (n + 1) / (N + classes) each.
    ///
    /// # Errors
    /// No row is classified, or the training rows are not known.
    pub fn root_relative_squared_error(&self) -> Result<f64, String> {
        self.relative(|error| error * error).map(f64::sqrt)
    }

    fn relative(&self, of_error: fn(f64) -> f64) -> Result<f64, String> {
        let known = self.training.filter(|sizes| sizes.len() == self.classes());
        let sizes = known.ok_or("the classes of the training rows are not known")?;
        let whole = float((sizes.iter().sum::<usize>() + sizes.len()) as u64);
        let prior: Array1<f64> = sizes.iter().map(|size| float((size + 1) as u64) / whole).collect();
        Ok(self.mean_error(of_error, None)? / self.mean_error(of_error, Some(prior.view()))?)
    }

    /// Of the model, or of one distribution for all rows.
    fn mean_error<'b>(&'b self, of_error: fn(f64) -> f64, instead: Option<ArrayView1<'b, f64>>) -> Result<f64, String> {
        let (mut sum, mut rows) = (0.0, 0);
        for (_, (class, values)) in self.rows().enumerate().filter(|(row, _)| self.is_classified(*row)) {
            let values = instead.unwrap_or(values);
            sum += errors(class, values).map(of_error).sum::<f64>();
            rows += 1;
        }
        if rows == 0 {
            return Err("no row is classified".to_owned());
        }
        Ok(sum / float(self.classes() as u64) / float(rows))
    }
}

/// Probabilities minus what they should be.
fn errors(class: usize, values: ArrayView1<'_, f64>) -> impl Iterator<Item = f64> {
    values.into_iter().enumerate().map(move |(other, p)| p - truth_of(class, other))
}

fn truth_of(class: usize, other: usize) -> f64 {
    if class == other { 1.0 } else { 0.0 }
}

/// 1 where another class is ranked before `class`: it is more probable, or as probable and `first`.
fn ahead(values: ArrayView1<'_, f64>, class: usize, other: usize, first: bool) -> u8 {
    u8::from(values[other] > values[class] || (first && values[other] >= values[class]))
}
