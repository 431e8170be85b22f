//! The table of known sets. A checksum is that of the file which the named commit holds.

use super::Known;

const CC_BY: &str = "CC BY 4.0 (UCI machine learning repository)";

/// Files of the ADBench collection, which lie unchanged in its repository.
macro_rules! adbench {
    ($kind:literal, $title:literal, $file:literal, $bytes:literal, $blake3:literal) => {
        Known {
            kind: concat!("adbench-", $kind),
            title: $title,
            reference: "Han et al. 2022, ADBench; the sets are those of ODDS and UCI",
            licence: "BSD-2-Clause (the repository); CC BY 4.0 (UCI machine learning repository)",
            free: true,
            repository: "Minqi824/ADBench",
            commit: "f7fed68dea6901fe9a81ed51b251b1d2456790cd",
            path: concat!("adbench/datasets/Classical/", $file),
            file: concat!("outliers/", $file),
            bytes: $bytes,
            blake3: $blake3,
            reader: "npz",
            labels: None,
            views: &[],
        }
    };
}

/// Files of one collection of sets for multi-view clustering.
const COLLECTION: Known = Known {
    kind: "",
    title: "",
    reference: "",
    licence: CC_BY,
    free: true,
    repository: "ChuanbinZhang/Multi-view-datasets",
    commit: "03ead31e6538322e4e0701c3c28a01595c1a015d",
    path: "",
    file: "",
    bytes: 0,
    blake3: "",
    reader: "mat",
    labels: Some("y"),
    views: &[],
};

/// Every known set, in the order in which `gridbook fetch --list` prints them.
pub const KNOWN: &[Known] = &[
    Known {
        kind: "scene-15",
        title: "Scene-15: 4,485 pictures of 15 scenes, 3 views (20 GIST, 59 PHOG, 40 LBP)",
        reference: "Fei-Fei and Perona 2005; Lazebnik et al. 2006",
        licence: "MIT (the repository); the pictures: none stated",
        free: false,
        repository: "XLearning-SCU/2021-CVPR-Completer",
        commit: "8fff5f83d823bbc46c96088bb0c1385ca7b9e560",
        path: "data/Scene-15.mat",
        file: "multiview/scene15/Scene-15.mat",
        bytes: 3_384_483,
        blake3: "fc7de11e38fa37a1e43cdc772055528e32df0c87ef106ff77def963eaea8b15c",
        labels: Some("Y"),
        views: &[("gist", "X{1}"), ("phog", "X{2}"), ("lbp", "X{3}")],
        ..COLLECTION
    },
    Known {
        kind: "cub-10",
        title: "CUB: 600 birds of 10 species, 2 views (1,024 GoogLeNet, 300 doc2vec)",
        reference: "Wah et al. 2011, CUB-200-2011; features of Zhang et al. 2019, CPM-Nets",
        licence: "MIT (the repository); CUB-200-2011: non-commercial research",
        free: false,
        repository: "XLearning-SCU/2023-IJCAI-ProImp",
        commit: "769134bf1d053387db6ffbd77ece999aa4e80c95",
        path: "data/cub_googlenet_doc2vec_c10.mat",
        file: "multiview/cub10/cub_googlenet_doc2vec_c10.mat",
        bytes: 3_182_590,
        blake3: "6328dfbea0b87921143640b89060796b2954d5e05a451585f5aac0f45759dbf5",
        labels: Some("gt"),
        views: &[("googlenet", "X{1}"), ("doc2vec", "X{2}")],
        ..COLLECTION
    },
    Known {
        kind: "handwritten-mat",
        title: "Multiple Features: 2,000 handwritten digits, 6 views",
        reference: "Duin, UCI machine learning repository",
        path: "Handwritten.mat",
        file: "multiview/handwritten6/Handwritten.mat",
        bytes: 3_483_654,
        blake3: "ad1cd0e12d5066d53f7d2248a3012f5c94aed55ce005d02e4df12c297b7be6ec",
        views: &[("fac", "X{1}"), ("fou", "X{2}"), ("kar", "X{3}"), ("mor", "X{4}"), ("pix", "X{5}"), ("zer", "X{6}")],
        ..COLLECTION
    },
    Known {
        kind: "100-leaves",
        title: "One-hundred plant species leaves: 1,600 leaves, 3 views (shape, margin, texture)",
        reference: "Mallah et al. 2013, UCI machine learning repository",
        path: "100Leaves.mat",
        file: "multiview/100leaves/100Leaves.mat",
        bytes: 1_048_799,
        blake3: "fc97d7659fb48a8847a4f2184cbf572e09ce875c7b06ffba9e31e23d1d557ac3",
        views: &[("shape", "X{1}"), ("margin", "X{2}"), ("texture", "X{3}")],
        ..COLLECTION
    },
    Known {
        kind: "reuters-1200",
        title: "Reuters: 1,200 documents of 6 classes, 5 views (languages)",
        reference: "Amini et al. 2009, UCI machine learning repository (RCV1/RCV2 Multilingual)",
        path: "Reuters-1200.mat",
        file: "multiview/reuters1200/Reuters-1200.mat",
        bytes: 2_611_831,
        blake3: "e14b8430a0df7075065568eda0a1065b8324530b8449232fbe10ec26c3e33fc6",
        views: &[("english", "X{1}"), ("french", "X{2}"), ("german", "X{3}"), ("italian", "X{4}"), ("spanish", "X{5}")],
        ..COLLECTION
    },
    Known {
        kind: "webkb",
        title: "WebKB: 1,051 web pages of 2 classes, 2 views (text, links)",
        reference: "Blum and Mitchell 1998",
        licence: "none stated",
        free: false,
        path: "WebKB.mat",
        file: "multiview/webkb2/WebKB.mat",
        bytes: 917_230,
        blake3: "e87aceb26e470f7e4b4b3fb23752072adcb7a4c6999f759cd8e91c5f81c0ac0d",
        views: &[("text", "X{1}"), ("links", "X{2}")],
        ..COLLECTION
    },
    Known {
        kind: "prokaryotic",
        title: "Prokaryotic: 551 species of 4 phyla, 3 views",
        reference: "Brbić et al. 2016",
        licence: "none stated",
        free: false,
        path: "Prokaryotic.mat",
        file: "multiview/prokaryotic/Prokaryotic.mat",
        bytes: 3_105_301,
        blake3: "f6ccecae7d16e7b3b5d9092704fa42b11262af55cb7d6361d8ef0300cda7a28a",
        ..COLLECTION
    },
    Known {
        kind: "hw-2-sources",
        title: "Handwritten, two sources: 2,000 digits, 2 views (MNIST, USPS)",
        reference: "LeCun 1998; Hull 1994",
        licence: "none stated",
        free: false,
        repository: "zhou572/Multi-view-Datasets",
        commit: "8a1ccffaf62b471bbea6f60cb3053a8d4bb531d1",
        path: "HW2sources.mat",
        file: "multiview/hw2sources/HW2sources.mat",
        bytes: 690_419,
        blake3: "9ef1e1fdad105ab8f0981c73b0e2791de7f6fda36e1069969810115a6d92d11a",
        labels: Some("Y"),
        views: &[("mnist", "X{1}"), ("usps", "X{2}")],
        ..COLLECTION
    },
    Known {
        kind: "msrc-v1",
        title: "MSRC-v1: 210 pictures of 7 classes, 5 views",
        reference: "Winn and Jojic 2005",
        licence: "MIT (the repository); the pictures: none stated",
        free: false,
        repository: "youweiliang/Multi-view_Clustering",
        commit: "9e18ac1690bc9b55cc2d6406fa9148a9b826cff7",
        path: "data/MSRC_v1.mat",
        file: "multiview/msrc-v1/MSRC_v1.mat",
        bytes: 1_114_705,
        blake3: "6a2db5d9d65ee64168c046573965a92f9a3927799ccc1b5bab73048c14908418",
        labels: Some("gt"),
        ..COLLECTION
    },
    Known {
        kind: "bbcsport",
        title: "BBCSport: 544 articles of 5 sports, 2 views; term weights only",
        reference: "Greene and Cunningham 2006",
        licence: "non-commercial research",
        free: false,
        repository: "youweiliang/Multi-view_Clustering",
        commit: "9e18ac1690bc9b55cc2d6406fa9148a9b826cff7",
        path: "data/BBCSport.mat",
        file: "multiview/bbcsport/BBCSport.mat",
        bytes: 596_674,
        blake3: "3cb60861e9c54b5d41609a4700692ad0bc1003267e312ccfa53304ce13827412",
        labels: Some("gt"),
        ..COLLECTION
    },
    Known {
        kind: "3-sources",
        title: "3-Sources: 169 stories of 6 topics, 3 views; term counts only",
        reference: "Greene and Cunningham 2009",
        licence: "non-commercial research",
        free: false,
        repository: "zskong/Multi-view-data",
        commit: "a98500b667c0dd94c56258bb5ae3d62c22fc9b6b",
        path: "data/3-sources.mat",
        file: "multiview/3sources/3-sources.mat",
        bytes: 144_627,
        blake3: "e77801cdc41ca03241d19567d88512cb564b09a348396e395baf12fe58d2aa8a",
        labels: Some("Y"),
        ..COLLECTION
    },
    adbench!(
        "annthyroid",
        "annthyroid: 7,200 rows, 6 columns, 534 outliers",
        "2_annthyroid.npz",
        66_547,
        "97519c2775bbe6d7d359aeb43f6d49484691866e0df5ce85a857acc0a97051f9"
    ),
    adbench!(
        "breastw",
        "breastw: 683 rows, 9 columns, 239 outliers",
        "4_breastw.npz",
        3_023,
        "4755869cf08c2af284dc4212d023e95f803b9b4e24495431c00c50735c95b433"
    ),
    adbench!(
        "cardio",
        "cardio: 1,831 rows, 21 columns, 176 outliers",
        "6_cardio.npz",
        68_471,
        "97846763900c48813011d1b52767926827744906df2c028c728f731e517d4407"
    ),
    adbench!(
        "cardiotocography",
        "Cardiotocography: 2,114 rows, 21 columns, 466 outliers",
        "7_Cardiotocography.npz",
        37_911,
        "6037455f68ba856b1f0cae14709a94ecdaac1c8f848d3c5481ad529041eb72ba"
    ),
    adbench!(
        "fault",
        "fault: 1,941 rows, 27 columns, 673 outliers",
        "12_fault.npz",
        192_040,
        "95f519a071f43739754beedb4990d7955b0cea3b9b280ed1fe54dd6c4d623e81"
    ),
    adbench!(
        "glass",
        "glass: 214 rows, 7 columns, 9 outliers",
        "14_glass.npz",
        10_755,
        "c4d04b22f3e7489e9b17cf2d5e8305b4c1631fb0091a9abcbd9257da65d97b46"
    ),
    adbench!(
        "ionosphere",
        "Ionosphere: 351 rows, 32 columns, 126 outliers",
        "18_Ionosphere.npz",
        42_913,
        "19f04b3d4119ac0e8d9f980cb8e6fbcef3953c9ec142b2ddd4a991ee9d2bba55"
    ),
    adbench!(
        "letter",
        "letter: 1,600 rows, 32 columns, 100 outliers",
        "20_letter.npz",
        23_946,
        "1934ebdeb6fc21a1d231d2897e2497abf4ccaf09838ef4d87a0a6728edd3fbb8"
    ),
    adbench!(
        "lymphography",
        "Lymphography: 148 rows, 18 columns, 6 outliers",
        "21_Lymphography.npz",
        1_895,
        "6a3a3d2701b29e9b8c6762db577c07f41a653648e7b673713cf391c77f6354dc"
    ),
    adbench!(
        "mammography",
        "mammography: 11,183 rows, 6 columns, 260 outliers",
        "23_mammography.npz",
        166_764,
        "bb16ee7ad06b5467068c622e08497ea09dbc4162213a28fc5af9b5a1ebf6b0b5"
    ),
    adbench!(
        "optdigits",
        "optdigits: 5,216 rows, 64 columns, 150 outliers",
        "26_optdigits.npz",
        197_633,
        "93c36d6d02c79ea947d2d283af21ca17c73581464cbf92babea23d37a6edfbbf"
    ),
    adbench!(
        "pendigits",
        "pendigits: 6,870 rows, 16 columns, 156 outliers",
        "28_pendigits.npz",
        653_509,
        "8a7d7f64b8a9911dcb7374c377d09047c05ddf4c80488a9fc49d660ab6621020"
    ),
    adbench!(
        "satimage-2",
        "satimage-2: 5,803 rows, 36 columns, 71 outliers",
        "31_satimage-2.npz",
        181_405,
        "d178e55cc53c2d9f744157c5782342569182a4c1eeab132b2e059357dcd33bff"
    ),
    adbench!(
        "spambase",
        "SpamBase: 4,207 rows, 57 columns, 1,679 outliers",
        "35_SpamBase.npz",
        152_038,
        "99f2b1230153f694df246accd40c2db0c88c5f757d8b249cbbb0e7c9a02c78d4"
    ),
    adbench!(
        "stamps",
        "Stamps: 340 rows, 9 columns, 31 outliers",
        "37_Stamps.npz",
        20_569,
        "fe4d3dda61cd82984eb888b31a8df23b4e8b98767859c4d0c93537fe9e8fd134"
    ),
    adbench!(
        "thyroid",
        "thyroid: 3,772 rows, 6 columns, 93 outliers",
        "38_thyroid.npz",
        39_882,
        "9c3e2b88f718026ce7a5761d851ac755419c9b8607f8324482b09cfe5ac46e3f"
    ),
    adbench!(
        "vowels",
        "vowels: 1,456 rows, 12 columns, 50 outliers",
        "40_vowels.npz",
        134_268,
        "35ff3a8b61addd771b07b83e691182c81ba7ba25a94ef13e3ad8702bd24d8540"
    ),
    adbench!(
        "wbc",
        "WBC: 223 rows, 9 columns, 10 outliers",
        "42_WBC.npz",
        1_444,
        "587d3e1cdf70d5f738910e951dc7a40b8be9f1457e0cfbfc37e1de16b76b8360"
    ),
    adbench!(
        "wine",
        "wine: 129 rows, 13 columns, 10 outliers",
        "45_wine.npz",
        4_072,
        "8fbd7e3bdbec4ede7bbcfc52e3f4bf25eccfa66190c0fed9601e30182ab0dc6d"
    ),
];
