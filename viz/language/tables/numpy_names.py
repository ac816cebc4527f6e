"""Which parts of numpy a program may use, enough for teaching data: names, nothing else."""

FUNCTIONS = """
abs absolute add all allclose amax amin any append arange arccos arccosh arcsin arcsinh arctan
arctan2 arctanh argmax argmin argsort argwhere around array array_equal array_split asarray
atleast_1d atleast_2d average bincount broadcast_to cbrt ceil clip column_stack concatenate copy
corrcoef cos cosh count_nonzero cov cross cumprod cumsum deg2rad delete diag diff digitize divide
dot dstack einsum equal exp exp2 expand_dims expm1 eye fill_diagonal flatnonzero flip fliplr
flipud floor floor_divide fmax fmin full full_like gradient greater heaviside histogram hstack
hypot identity indices inner insert interp isclose isfinite isin isinf isnan kron less linspace
log log10 log1p log2 logaddexp logical_and logical_not logical_or logspace matmul max maximum mean
median meshgrid min minimum mod moveaxis multiply nan_to_num nanmax nanmean nanmin nanstd nansum
negative nonzero ones ones_like outer pad percentile polyfit polyval power prod ptp quantile
rad2deg ravel reciprocal repeat reshape roll rot90 round searchsorted set_printoptions shape sign
sin sinc sinh size sort split sqrt square squeeze stack std subtract sum swapaxes take tan tanh
tensordot tile trace transpose trapezoid tri tril triu trunc unique unravel_index var vstack where
zeros zeros_like
"""

RANDOM = """
beta binomial choice default_rng exponential gamma laplace lognormal multinomial
multivariate_normal normal permutation poisson rand randint randn random random_sample seed
shuffle standard_normal uniform
"""

LINALG = """
cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_rank norm pinv qr solve svd
"""

DTYPES = """
bool_ complex128 complex64 float16 float32 float64 int16 int32 int64 int8 uint8 double
"""

METHODS = """
all any argmax argmin argsort astype clip copy cumprod cumsum diagonal dot fill flatten item max
mean min nonzero prod ptp ravel repeat reshape round searchsorted sort squeeze std sum swapaxes
take tolist trace transpose var
"""

ATTRIBUTES = "T dtype flat imag itemsize nbytes ndim real shape size"

GENERATOR_METHODS = """
choice exponential integers normal permutation random shuffle standard_normal uniform poisson
"""

SIZED = "zeros ones full eye identity arange linspace logspace tri"
"""They make as many elements as their arguments say."""
