"""What is known of each tensor while it lives, and what the program calls it and each result."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

import torch
from torch.utils.weak import WeakTensorKeyDictionary

from viz.capture.sources import Call, Name, Result, Subject, result_made_by


class Subjects:
    """Tensors by themselves, and results by the grad_fn that made them; no tensor is kept alive."""

    def __init__(self) -> None:
        self._subjects: MutableMapping[torch.Tensor, Subject] = WeakTensorKeyDictionary()
        self._bound: dict[str, Subject] = {}
        self._names: dict[Result, Name] = {}
        self._suggested: dict[Result, Name] = {}
        self._named = 0

    def call(self, number: int) -> Call | None:
        """The call that made the grad_fn with this sequence number."""
        raise NotImplementedError

    def settle(self) -> None:
        """The last call is over: its results have their grad_fns."""
        raise NotImplementedError

    def subjects(self) -> Iterable[Subject]:
        return self._subjects.values()

    def name(self, result: Result) -> Name | None:
        """The name of this very result, or else of the tensor that the operation changed, or else
        the one that was suggested."""
        found = self._names.get(result)
        if found is None:
            call = self.call(result.number)
            if call is not None and call.target is not None:
                found = call.target.name
        return self._suggested.get(result) if found is None else found

    def name_of(self, tensor: torch.Tensor) -> Name | None:
        """The name of a tensor of whatever kind."""
        if tensor.grad_fn is None:
            return self.subject(tensor).name
        return self.name(result_made_by(tensor))

    def suggest(
        self, name: str, tensor: torch.Tensor, line: int | None, again: bool = False
    ) -> None:
        """A name for a tensor that the program may never name; `again`: rather than an earlier."""
        suggested = Name(name, line or 0)
        if tensor.grad_fn is None:
            subject = self.subject(tensor)
            if again or subject.suggested is None:
                subject.suggested = suggested
        elif again:
            self._suggested[result_made_by(tensor)] = suggested
        else:
            self._suggested.setdefault(result_made_by(tensor), suggested)

    def kept_gradients(self) -> list[torch.Tensor]:
        """The living results that the program named and that keep their gradient."""
        return [
            tensor
            for tensor, subject in self._subjects.items()
            if subject.name is not None and tensor.retains_grad
        ]

    def subject(self, tensor: torch.Tensor) -> Subject:
        found = self._subjects.get(tensor)
        if found is None:
            found = self._subjects[tensor] = Subject()
        return found

    def bound_tensors(self) -> list[tuple[Subject, torch.Tensor]]:
        """The living tensors that still own their name, in the order of naming."""
        living = [
            (subject, tensor)
            for tensor, subject in self._subjects.items()
            if subject.name is not None and self._bound.get(subject.name.text) is subject
        ]
        return sorted(living, key=lambda pair: pair[0].order)

    def bind(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """The first name of a tensor stays, and so does the first name of each grad_fn's result."""
        self.settle()
        subject = self.subject(tensor)
        if subject.name is None:
            self._named += 1
            subject.name = Name(name, line)
            subject.order = self._named
            self._bound[name] = subject
        if tensor.grad_fn is not None:
            self._names.setdefault(result_made_by(tensor), Name(name, line))
