"""How long our functions and files are: `python -m tests.arch.sizes`."""

import sys
from dataclasses import dataclass
from statistics import median, quantiles

from tests.arch.source import MIGRATIONS, length, packaged


@dataclass(frozen=True)
class Sizes:
    """Lines of the functions and modules that run in production, migrations left out."""

    functions: list[int]
    modules: list[int]

    @property
    def median(self) -> float:
        """Return the lines of the function in the middle."""
        return median(self.functions)

    @property
    def nine_of_ten(self) -> float:
        """Return the lines that nine functions of ten do not pass."""
        return quantiles(self.functions, n=10)[-1]

    def __str__(self) -> str:
        return (
            f"{len(self.functions)} functions: median {self.median:g}, p90 {self.nine_of_ten:g}, "
            f"longest {max(self.functions)} lines; {len(self.modules)} files: longest {max(self.modules)} lines"
        )


def sizes() -> Sizes:
    """Measure the tree as it is on disk."""
    modules = [module for module in packaged() if not module.path.is_relative_to(MIGRATIONS)]
    return Sizes(
        functions=[length(function) for module in modules for function in module.functions],
        modules=[len(module.text.splitlines()) for module in modules],
    )


if __name__ == "__main__":
    sys.stdout.write(f"{sizes()}\n")
