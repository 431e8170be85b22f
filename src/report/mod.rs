//! Tables, figures and the page made from a results folder. Knows nothing of models.
