"""Which parts of Python's library a program may use: names, nothing else."""

MATH = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh degrees dist erf erfc exp exp2
expm1 fabs floor fmod frexp fsum gamma gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp
lgamma log log10 log1p log2 modf prod radians sin sinh sqrt tan tanh trunc
"""

RANDOM = """
betavariate choice choices expovariate gauss lognormvariate normalvariate randint random randrange
sample seed shuffle triangular uniform
"""

ITERTOOLS = """
accumulate chain combinations count cycle islice permutations product repeat zip_longest
"""

EXCEPTIONS = """
ArithmeticError AssertionError AttributeError Exception FloatingPointError IndexError KeyError
LookupError NameError NotImplementedError OverflowError RuntimeError StopIteration TypeError
UserWarning ValueError Warning ZeroDivisionError
"""

TYPING = """
Any Callable Dict Iterable Iterator List Literal NamedTuple Optional Sequence Set Tuple Type
TypeVar Union
"""
"""They stand in annotations, which are never evaluated."""

LIST_METHODS = "clear copy count index pop remove reverse"
DICT_METHODS = "clear copy get items keys pop popitem setdefault update values"
SET_METHODS = """
add clear copy difference difference_update discard intersection intersection_update isdisjoint
issubset issuperset pop remove symmetric_difference union update
"""
DEQUE_METHODS = "append appendleft clear copy count extend pop popleft remove reverse rotate"
TEXT_METHODS = """
capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit islower isnumeric
isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition
rsplit rstrip split splitlines startswith strip swapcase title upper
"""
PADDING_METHODS = "center ljust rjust zfill"

PYPLOT = """
annotate axhline axis axvline bar cla clf close colorbar contour contourf draw errorbar figure
fill fill_between gca gcf grid hist hist2d hlines imshow legend loglog matshow pause pcolormesh
pie plot plot_surface quiver rc savefig scatter semilogx semilogy set_title set_xlabel set_xlim
set_xticks set_ylabel set_ylim set_yticks set_zlabel show step style subplot subplots
subplots_adjust suptitle text tick_params tight_layout title twinx violinplot vlines xlabel xlim
xscale xticks ylabel ylim yscale yticks add_subplot flatten flat ravel set use ion ioff set_aspect
set_xscale set_yscale set_axis_off view_init invert_yaxis
"""
"""What may be asked of a picture: nothing is drawn here."""
