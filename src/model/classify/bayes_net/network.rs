//! The structure of a Bayesian network and its tables: counts, scores, and the search for parents.

use crate::model::FitError;
use crate::weka::special::ln_gamma;

/// More cells than this in one table are refused: 128 MiB.
const MOST_CELLS: usize = 1 << 24;

/// What the Bayesian score of the search takes for alpha, whatever tables start at.
const SEARCH_ALPHA: f64 = 0.5;

/// What a set of parents is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// The Bayesian score with a Dirichlet prior of alpha a cell (Cooper and Herskovits 1992 with alpha 1).
    Bayes,
    /// The Bayesian score with a prior of one row over each table (Buntine 1991), as Weka has it.
    Bdeu,
    /// Minimum description length.
    Mdl,
    /// Log-likelihood.
    Entropy,
    /// Akaike's criterion.
    Aic,
}

impl Score {
    /// All, in the order in which Weka prints them, with its names.
    pub const ALL: [(Score, &'static str); 5] = [
        (Score::Bayes, "Bayes"),
        (Score::Bdeu, "BDeu"),
        (Score::Mdl, "MDL"),
        (Score::Entropy, "ENTROPY"),
        (Score::Aic, "AIC"),
    ];

    /// The score of this key.
    pub fn named(word: &str) -> Self {
        Score::ALL.iter().map(|(score, _)| *score).find(|score| score.word() == word).unwrap_or(Score::Bayes)
    }

    /// Its word in an experiment file.
    pub fn word(self) -> &'static str {
        match self {
            Score::Bayes => "bayes",
            Score::Bdeu => "bdeu",
            Score::Mdl => "mdl",
            Score::Entropy => "entropy",
            Score::Aic => "aic",
        }
    }
}

/// Training rows, every node by columns of indices; the class is the last node.
pub struct Codes {
    /// One column of indices a node.
    pub nodes: Vec<Vec<u32>>,
    /// How many values each node has, at least 1.
    pub levels: Vec<usize>,
    /// One weight a row.
    pub weights: Vec<f64>,
    /// 1 a row: the search counts rows, not their weights.
    pub ones: Vec<f64>,
}

/// The counts of a node's values by the values of its parents, `[configurations, values]`, each starting at alpha. The
/// first parent is the most significant digit of a configuration.
#[derive(Clone, Debug)]
pub struct Table {
    /// Row by row.
    pub counts: Vec<f64>,
    /// How many values the node has.
    pub levels: usize,
}

impl Table {
    /// How many values the node has.
    fn width(&self) -> f64 {
        float(self.levels)
    }

    fn cells(&self) -> f64 {
        float(self.counts.len())
    }

    fn configurations(&self) -> f64 {
        self.cells() / self.width()
    }

    /// Each configuration's counts.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.counts.chunks_exact(self.levels)
    }
}

impl Codes {
    fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Counts a node's values.
    ///
    /// # Errors
    /// The table is too large.
    pub fn table(&self, node: usize, parents: &[usize], alpha: f64, weights: &[f64]) -> Result<Table, FitError> {
        let levels = self.levels[node];
        let cells = parents.iter().try_fold(levels, |cells, parent| cells.checked_mul(self.levels[*parent]));
        let cells = cells.filter(|cells| *cells <= MOST_CELLS).ok_or_else(|| {
            FitError::NotApplicable(format!("the table of a node with {} parents is too large", parents.len()))
        })?;
        let mut places: Vec<u32> = vec![0; self.rows()];
        for column in parents.iter().chain([&node]) {
            #[expect(clippy::cast_possible_truncation, reason = "no more than the cells of a table")]
            let radix = self.levels[*column] as u32;
            places.iter_mut().zip(&self.nodes[*column]).for_each(|(place, code)| *place = *place * radix + code);
        }
        let mut counts = vec![alpha; cells];
        for (place, weight) in places.iter().zip(weights) {
            counts[*place as usize] += weight;
        }
        Ok(Table { counts, levels })
    }

    /// How well its parents suit the node of this table; the larger, the better. `alpha` is what its counts started at.
    pub fn score(&self, table: &Table, score: Score, alpha: f64) -> f64 {
        match score {
            Score::Bayes => dirichlet(table, alpha, alpha * table.width()),
            Score::Bdeu => dirichlet(table, 1.0 / table.cells(), 1.0 / table.configurations()),
            _ => likelihood(table) - self.penalty(table, score),
        }
    }

    /// The same for the search, which counts from nothing: prior counts are only the score's own.
    fn search_score(&self, node: usize, parents: &[usize], score: Score) -> Result<f64, FitError> {
        let prior = match score {
            Score::Bayes => SEARCH_ALPHA,
            Score::Bdeu => {
                let cells: f64 = parents.iter().chain([&node]).map(|at| float(self.levels[*at])).product();
                1.0 / cells
            }
            _ => 0.0,
        };
        let table = self.table(node, parents, prior, &self.ones)?;
        Ok(match score {
            Score::Bayes | Score::Bdeu => dirichlet(&table, prior, prior * table.width()),
            _ => likelihood(&table) - self.penalty(&table, score),
        })
    }

    /// What a table's size costs.
    fn penalty(&self, table: &Table, score: Score) -> f64 {
        let free = (table.width() - 1.0) * table.configurations();
        match score {
            Score::Aic => free,
            Score::Mdl => 0.5 * free * float(self.rows()).ln(),
            _ => 0.0,
        }
    }

    /// K2 (Cooper and Herskovits 1992): nodes in the order class, first attribute, second...; each takes the best parent
    /// among those before it, again and again, as long as its score rises. `from_class`: every attribute starts with the
    /// class as a parent. One list of parents a node, as they were added.
    ///
    /// # Errors
    /// A table is too large.
    pub fn k2(&self, limit: usize, from_class: bool, score: Score) -> Result<Vec<Vec<usize>>, FitError> {
        let class = self.nodes.len() - 1;
        let order: Vec<usize> = std::iter::once(class).chain(0..class).collect();
        let mut parents: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (place, node) in order.iter().enumerate() {
            let own = &mut parents[*node];
            if from_class && *node != class {
                own.push(class);
            }
            let mut best = if own.len() < limit { self.search_score(*node, own, score)? } else { continue };
            while own.len() < limit {
                let mut found = None;
                for candidate in
                    order[..place].iter().filter(|before| !own.contains(before)).copied().collect::<Vec<_>>()
                {
                    own.push(candidate);
                    let reached = self.search_score(*node, own, score)?;
                    own.pop();
                    if reached > best {
                        best = reached;
                        found = Some(candidate);
                    }
                }
                let Some(candidate) = found else { break };
                own.push(candidate);
            }
        }
        Ok(parents)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
fn float(count: usize) -> f64 {
    count as f64
}

/// ln of the probability of the rows under a Dirichlet prior of `cell` a cell and `whole` a configuration, which the
/// counts hold already.
fn dirichlet(table: &Table, cell: f64, whole: f64) -> f64 {
    let (cells, whole) = (table.width() * ln_gamma(cell), ln_gamma(whole));
    let mut score = 0.0;
    for counts in table.rows() {
        let mut sum = 0.0;
        for count in counts {
            score += ln_gamma(*count);
            sum += count;
        }
        score -= ln_gamma(sum);
        score += whole - cells;
    }
    score
}

/// Sum of n ln(n / configuration), the prior's counts among them.
fn likelihood(table: &Table) -> f64 {
    let mut score = 0.0;
    for counts in table.rows() {
        let sum: f64 = counts.iter().sum();
        for count in counts {
            if *count > 0.0 {
                score += count * (count / sum).ln();
            }
        }
    }
    score
}
