"""Take from the child what a student's program never needs: files, network, processes, memory.

Each protection is tried out once when the server starts (`available`); a child that can't put on
one that was available then refuses to run.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

from viz.limits import DEFAULT, Limits

# Loaded in the server, so that no child has to. Windows has neither; a Linux without libseccomp
# has no pyseccomp.
try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]
try:
    import pyseccomp as seccomp
except (ImportError, OSError, RuntimeError):
    seccomp = None

Protection = Literal["rlimits", "seccomp"]

# What Python and torch call while they compute, and nothing that reaches outside the process.
# Memory may become executable: oneDNN compiles its kernels while it runs.
ALLOWED = """
    read readv write writev recvfrom sendto close lseek fstat
    brk mmap munmap mremap mprotect madvise membarrier mincore
    futex set_robust_list rseq sched_yield sched_getaffinity getcpu sysinfo uname
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage getrandom
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
    getpid getppid gettid getuid geteuid getgid getegid
    exit exit_group
"""

# Reading is for Graphviz, which opens a font file when it first meets a letter of that font.
READING = """
    stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd
    fcntl pread64 pipe2 ioctl dup
"""

# No accident reaches these: whoever calls them has broken out of Python. The process ends at once.
FATAL = """
    execve execveat fork vfork ptrace process_vm_readv process_vm_writev pidfd_getfd
    socket connect bind listen accept accept4 socketpair
    mount umount2 pivot_root chroot unshare setns bpf perf_event_open userfaultfd io_uring_setup
    init_module finit_module delete_module kexec_load reboot keyctl add_key
"""


def available() -> tuple[Protection, ...]:
    """The protections that work on this machine, each proved in a process of its own."""
    proofs: dict[Protection, Callable[[], bool]] = {
        "rlimits": _rlimits_hold,
        "seccomp": _seccomp_holds,
    }
    return tuple(name for name, holds in proofs.items() if _in_fork(holds))


def lock_down(
    limits: Limits, protections: tuple[Protection, ...], *, reads_files: bool = False
) -> None:
    """From here on this process can compute and answer, and do nothing else.

    Raises OSError where one of the protections can't be put on.
    """
    if "rlimits" in protections:
        _limit_resources(limits)
    if "seccomp" in protections:
        _system_call_filter(reads_files=reads_files).load()


def _limit_resources(limits: Limits) -> None:
    # The clock of the parent ends a child on time; this ends one whose parent can't.
    seconds = math.ceil(time.process_time() + limits.seconds) + 1
    ceilings = {
        resource.RLIMIT_AS: _mapped_bytes() + limits.memory_bytes,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, ceiling in ceilings.items():
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            ceiling = min(ceiling, hard)
        # The signal of a soft limit says what happened; that of the hard one is a bare SIGKILL.
        soft = ceiling - 1 if kind == resource.RLIMIT_CPU else ceiling
        resource.setrlimit(kind, (soft, ceiling))


def _mapped_bytes() -> int:
    """The address space that is in use already, most of it torch's libraries."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _system_call_filter(*, reads_files: bool) -> Any:
    # What is neither allowed nor fatal fails as a missing permission would: libraries know how
    # to go on without it, and differ in what they try.
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in f"{ALLOWED} {READING if reads_files else ''}".split():
        _add(rules, seccomp.ALLOW, name)
    for name in FATAL.split():
        _add(rules, seccomp.KILL_PROCESS, name)
    # abort() signals its own thread; no other process may be signalled.
    _add(rules, seccomp.ALLOW, "tgkill", seccomp.Arg(0, seccomp.EQ, os.getpid()))
    # Asking for a limit is harmless, setting one is not: the new one must be NULL.
    _add(rules, seccomp.ALLOW, "prlimit64", seccomp.Arg(2, seccomp.EQ, 0))
    if reads_files:
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        _add(rules, seccomp.ALLOW, "open", seccomp.Arg(1, seccomp.MASKED_EQ, writing, 0))
        _add(rules, seccomp.ALLOW, "openat", seccomp.Arg(2, seccomp.MASKED_EQ, writing, 0))
    return rules


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    """One rule; a call that this processor or library doesn't have needs none."""
    with contextlib.suppress(OSError, ValueError):
        rules.add_rule(action, name, *arguments)


def _rlimits_hold() -> bool:
    _limit_resources(DEFAULT)
    try:
        bytearray(2 * DEFAULT.memory_bytes)
    except MemoryError:
        return True
    return False


def _seccomp_holds() -> bool:
    _system_call_filter(reads_files=False).load()
    try:
        os.open(os.devnull, os.O_RDONLY)
    except PermissionError:
        return True
    return False


def _in_fork(holds: Callable[[], bool]) -> bool:
    """Whether `holds` is true in a process that ends after it; False where it can't be tried."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if child == 0:
        proved = False
        with contextlib.suppress(BaseException):
            proved = holds()
        os._exit(0 if proved else 1)
    return os.waitpid(child, 0)[1] == 0
