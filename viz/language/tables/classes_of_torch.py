"""Which classes of torch a program may use: names, nothing else."""

LAYERS = """
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d
AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss
BCEWithLogitsLoss BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle
CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d
Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity
CrossEntropyLoss CrossMapLRN2d Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag
FeatureAlphaDropout Flatten Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell
GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss
Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d
LSTM LSTMCell LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d
LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d
LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LeakyReLU Linear LocalResponseNorm LogSigmoid
LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d
MaxUnpool3d Mish Module ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss
MultiMarginLoss MultiheadAttention NLLLoss PReLU PairwiseDistance ParameterDict ParameterList
PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNCell RReLU ReLU ReLU6 ReflectionPad1d
ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential
SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign
Tanh Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer
TransformerEncoder TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss
Unflatten Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d
"""

OPTIMIZERS = """
ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS NAdam Optimizer RAdam RMSprop Rprop SGD
SparseAdam
"""

SCHEDULERS = """
ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR
LRScheduler LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR
ReduceLROnPlateau SequentialLR StepLR
"""

DISTRIBUTIONS = """
AbsTransform AffineTransform Bernoulli Beta Binomial CatTransform Categorical Cauchy Chi2
ComposeTransform ContinuousBernoulli CorrCholeskyTransform CumulativeDistributionTransform
Dirichlet Distribution ExpTransform Exponential ExponentialFamily FisherSnedecor Gamma
GeneralizedPareto Geometric Gumbel HalfCauchy HalfNormal Independent IndependentTransform
InverseGamma Kumaraswamy LKJCholesky Laplace LogNormal LogisticNormal LowRankMultivariateNormal
LowerCholeskyTransform MixtureSameFamily Multinomial MultivariateNormal NegativeBinomial Normal
OneHotCategorical OneHotCategoricalStraightThrough Pareto Poisson PositiveDefiniteTransform
PowerTransform RelaxedBernoulli RelaxedOneHotCategorical ReshapeTransform SigmoidTransform
SoftmaxTransform SoftplusTransform StackTransform StickBreakingTransform StudentT TanhTransform
Transform TransformedDistribution Uniform VonMises Weibull Wishart
"""

DATA = """
DataLoader Dataset RandomSampler SequentialSampler Subset TensorDataset ConcatDataset
WeightedRandomSampler
"""

LAYER_ATTRIBUTES = """
affine align_corners alpha approximate batch_first beta bias bias_k bias_v bidirectional blank
ceil_mode cls_to_become count_include_pad cutoffs decoder delta dilation dim div_value
divisor_override downscale_factor dropout dropout1 dropout2 dropout3 elementwise_affine embed_dim
embedding_dim encoder end_dim eps freeze full groups head head_bias head_dim hidden_size
ignore_index in1_features in2_features in_channels in_features in_proj_bias in_proj_weight
include_last_offset inplace input_size k keepdim kernel_size label_smoothing lambd layers linear1
linear2 log_input logits lower margin max_norm max_val min_val mode momentum multihead_attn
n_classes name negative_slope nonlinearity norm norm1 norm2 norm3 norm_first norm_type
normalized_shape num_batches_tracked num_channels num_embeddings num_features num_groups num_heads
num_layers num_parameters out_channels out_features out_proj output_padding output_ratio
output_size p padding padding_idx padding_mode probs proj_size recompute_scale_factor reduction
return_indices running_mean running_var scale_factor scale_grad_by_freq self_attn size sparse
start_dim stride swap tail threshold track_running_stats transposed unflattened_size upper
upscale_factor value weight weight_hh weight_ih zero_infinity
"""
"""What layers hold beside parameters; known so that a wrong name is found before a program runs."""
