//! Models that find rules between the values of nominal columns.

pub mod apriori;
