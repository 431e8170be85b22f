//! The list of models. Adding one is its file plus its line here.

use crate::model::classify::bayes_net::BayesNet;
use crate::model::classify::j48::J48;
use crate::model::classify::jrip::JRip;
use crate::model::classify::logistic::Logistic;
use crate::model::classify::mlp::Mlp;
use crate::model::classify::naive_bayes::NaiveBayes;
use crate::model::classify::nearest::ib1::Ib1;
use crate::model::classify::nearest::ibk::Ibk;
use crate::model::classify::one_r::OneR;
use crate::model::classify::rbf_network::RbfNetwork;
use crate::model::classify::zero_r::ZeroR;
use crate::model::cluster::gmm::GaussianMixture;
use crate::model::cluster::kmeans::KMeans;
use crate::model::cluster::simple_kmeans::SimpleKMeans;
use crate::model::command::Command;
use crate::model::debug::Debug;
use crate::model::deep::att_vae::AttVae;
use crate::model::deep::autoencoder_kmeans::AutoencoderKMeans;
use crate::model::deep::cca_kmeans::CcaKMeans;
use crate::model::deep::dcca::Dcca;
use crate::model::deep::dccae::Dccae;
use crate::model::deep::dec::Dec;
use crate::model::deep::idec::Idec;
use crate::model::deep::spectralnet::SpectralNet;
use crate::model::deep::vade::VaDe;
use crate::model::deep::vae_kmeans::VaeKMeans;
use crate::model::majority::Majority;
use crate::model::random::Random;
use crate::model::rules::apriori::Apriori;
use crate::model::{Fit, Model, ModelSpec, clusterer, learner};

/// Every model, in the order in which `gridbook list models` prints them.
pub static MODELS: &[&ModelSpec] = &[
    &KMeans::SPEC,
    &SimpleKMeans::SPEC,
    &GaussianMixture::SPEC,
    &AutoencoderKMeans::SPEC,
    &Dec::SPEC,
    &Idec::SPEC,
    &SpectralNet::SPEC,
    &CcaKMeans::SPEC,
    &Dcca::SPEC,
    &Dccae::SPEC,
    &VaeKMeans::SPEC,
    &AttVae::SPEC,
    &VaDe::SPEC,
    &ZeroR::SPEC,
    &NaiveBayes::SPEC,
    &BayesNet::SPEC,
    &Ibk::SPEC,
    &Ib1::SPEC,
    &Logistic::SPEC,
    &Mlp::SPEC,
    &RbfNetwork::SPEC,
    &JRip::SPEC,
    &Apriori::SPEC,
    &OneR::SPEC,
    &J48::SPEC,
    &Majority::SPEC,
    &Random::SPEC,
    &Command::SPEC,
    &Debug::SPEC,
];

/// The model of this kind.
pub fn find(kind: &str) -> Option<&'static ModelSpec> {
    MODELS.iter().copied().find(|spec| spec.kind == kind)
}

/// Fits of the models that need no libtorch; reached from `gridbook-worker` only.
pub fn native_fit(kind: &str) -> Option<Fit> {
    [
        (KMeans::SPEC.kind, clusterer::<KMeans> as Fit),
        (SimpleKMeans::SPEC.kind, learner::<SimpleKMeans>),
        (GaussianMixture::SPEC.kind, clusterer::<GaussianMixture>),
        (ZeroR::SPEC.kind, learner::<ZeroR>),
        (NaiveBayes::SPEC.kind, learner::<NaiveBayes>),
        (BayesNet::SPEC.kind, learner::<BayesNet>),
        (Ibk::SPEC.kind, learner::<Ibk>),
        (Ib1::SPEC.kind, learner::<Ib1>),
        (Logistic::SPEC.kind, learner::<Logistic>),
        (Mlp::SPEC.kind, learner::<Mlp>),
        (RbfNetwork::SPEC.kind, learner::<RbfNetwork>),
        (JRip::SPEC.kind, learner::<JRip>),
        (Apriori::SPEC.kind, learner::<Apriori>),
        (OneR::SPEC.kind, learner::<OneR>),
        (J48::SPEC.kind, learner::<J48>),
        (Majority::SPEC.kind, learner::<Majority>),
        (Random::SPEC.kind, learner::<Random>),
        (Debug::SPEC.kind, learner::<Debug>),
    ]
    .into_iter()
    .find_map(|(name, fit)| (name == kind).then_some(fit))
}

/// Fits of the models that need libtorch; reached from `gridbook-torch-worker` only.
#[cfg(feature = "torch")]
pub fn torch_fit(kind: &str) -> Option<Fit> {
    [
        (AutoencoderKMeans::SPEC.kind, clusterer::<AutoencoderKMeans> as Fit),
        (Dec::SPEC.kind, clusterer::<Dec>),
        (Idec::SPEC.kind, clusterer::<Idec>),
        (SpectralNet::SPEC.kind, clusterer::<SpectralNet>),
        (CcaKMeans::SPEC.kind, clusterer::<CcaKMeans>),
        (Dcca::SPEC.kind, clusterer::<Dcca>),
        (Dccae::SPEC.kind, clusterer::<Dccae>),
        (VaeKMeans::SPEC.kind, clusterer::<VaeKMeans>),
        (AttVae::SPEC.kind, clusterer::<AttVae>),
        (VaDe::SPEC.kind, clusterer::<VaDe>),
    ]
    .into_iter()
    .find_map(|(name, fit)| (name == kind).then_some(fit))
}
