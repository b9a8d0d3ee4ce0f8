"""Plant faults in what shipped networks are built of, and hold that --verify finds each.

`make plant` runs it. It says of each kind in how many networks it was planted and found, and with
`--shipped` holds that nothing is found in any shipped spec or variant where nothing was planted.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import torch
from support.faults import FAULTS, NETWORKS, Planted, planted, reached

import archspec
from archspec.api import Architecture
from archspec.emit import VerificationError, verify
from archspec.source.library import shipped


def main() -> int:
    """Plant all kinds in all networks; the status is 1 if one is missed."""
    options = arguments()
    torch.set_num_threads(1)
    missed = list(unfounded()) if options.shipped else []
    found, networks = Counter[str](), dict[str, set[str]]()
    for name in options.only or NETWORKS:
        for fault in options.fault or FAULTS:
            for text in wrong(name, fault, options.sites, found, networks):
                missed.append(text)
                print(text, flush=True)
        print(f"{name}: {found.total()} found so far", flush=True)
    for fault in FAULTS:
        print(f"{fault:40} {found[fault]:4} found in {len(networks.get(fault, ())):3} networks")
    print(f"{found.total()} found, {len(missed)} missed")
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=2, help="places for each kind and network")
    parser.add_argument("--only", action="append", metavar="NAME", help="these networks only")
    parser.add_argument("--fault", action="append", metavar="KIND", help="these kinds only")
    parser.add_argument("--shipped", action="store_true", help="verify all shipped specs, too")
    return parser.parse_args()


def wrong(
    name: str, fault: str, sites: int, found: Counter[str], networks: dict[str, set[str]]
) -> Iterator[str]:
    """Plant a kind in a network, and tell what is missed, or found elsewhere than it is."""
    architecture = archspec.load(name, input=NETWORKS[name])
    for item in islice(planted(architecture.to_source(), fault), sites):
        error = finding(architecture, item)
        if not reached():
            continue
        built = error is not None and "cannot be built" not in error
        if error is None or (built and item.layer and not names(error, item.layer)):
            yield f"{name}: {fault}, {item.layer}: {error}"
            continue
        found[fault] += 1
        networks.setdefault(fault, set()).add(name)


def finding(architecture: Architecture, item: Planted) -> str | None:
    """Verify a source; give what is found, which names a layer."""
    reached()
    try:
        verify(architecture.network, item.source)
    except VerificationError as error:
        return str(error)
    return None


def names(error: str, layer: str) -> bool:
    """Say whether an error names a layer, by its last name or an outer one."""
    return any(layer in path.split(".") for path in re.findall(r"`([^`]*)`", error))


def unfounded() -> Iterator[str]:
    """Verify every shipped spec and variant as it is; tell what is found."""
    for spec in shipped():
        for name in dict.fromkeys((spec.name, *spec.variants)):
            begun = time.monotonic()
            try:
                report = archspec.load(name).verify().report()
            except VerificationError as error:
                yield f"{name}: {error}"
                report = f"WRONG: {error}"
            print(f"{name}: {report}, {time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
