# make run    installs archspec into a virtual environment and runs the main job on a shipped spec
# make test   installs what the tests need, and runs all checks
# make test-long  the same, and the tests that would make it take longer than ten minutes
# make coverage  runs the tests and counts which lines and branches of archspec/ they reach; fails
#               under what pyproject.toml asks for
# make test-processors  the tests as on older processors, with 1, 2 and 4 threads
# make bench  runs the benchmarks, and keeps what they print with the machine in benchmarks/results/
# make fuzz   holds 20,000 random specs against PyTorch, and 5,000 more with layers that are in place
# make mutants  makes 20,000 single mistakes in the shipped specs, and judges what is said of each,
#               and what `archspec fix` makes of 3,000 others
# make test-zoo  holds the shipped specs against all eighty classifiers of torchvision
# make gallery  writes docs/zoo.md with its drawings
# make plant  plants faults in what shipped networks are built of, and holds that --verify finds each
# make way    follows `kernel_size` from YAML to a network: the files and functions on its way
# make follow  follows the page of examples/7_your_own in an empty folder and environment
# make prove  holds every operation against PyTorch in a million random configurations
#
# Both install PyTorch, and on Linux `pip install torch` may bring the CUDA build, of several
# gigabytes. TORCH says what is installed instead, in the words of `pip install`: a version, a
# wheel's path, options. VENV is where the environment goes, PYTHON what it is made with.

PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch==2.13.0
OUT ?= build/run

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet

.PHONY: run test test-long coverage test-processors test-zoo gallery bench fuzz mutants prove plant follow way clean

run: $(VENV)/.installed
	@BIN=$(abspath $(BIN)) OUT=$(OUT) sh tools/run.sh

test: $(VENV)/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2

test-long: $(VENV)/.tested
	$(BIN)/pytest -n 2 --long

coverage: $(VENV)/.tested
	$(BIN)/pytest -n 2 --cov --cov-report=term

# ATEN_CPU_CAPABILITY chooses PyTorch's own kernels, ONEDNN_MAX_CPU_ISA those of oneDNN.
test-processors: $(VENV)/.tested
	@for isa in default:SSE41 avx2:AVX2 :DEFAULT; do for threads in 1 2 4; do \
	    echo "ATEN_CPU_CAPABILITY=$${isa%:*} ONEDNN_MAX_CPU_ISA=$${isa#*:} OMP_NUM_THREADS=$$threads"; \
	    export ONEDNN_MAX_CPU_ISA=$${isa#*:} OMP_NUM_THREADS=$$threads; \
	    if [ -n "$${isa%:*}" ]; then export ATEN_CPU_CAPABILITY=$${isa%:*}; else unset ATEN_CPU_CAPABILITY; fi; \
	    $(BIN)/pytest -n 2 -q || exit 1; \
	done; done

test-zoo: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python -u tools/compare.py

gallery: $(VENV)/.installed
	$(BIN)/python tools/gallery.py

bench: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python benchmarks/run.py

fuzz: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python -u tools/fuzz.py
	PYTHONPATH=tests:. $(BIN)/python -u tools/fuzz.py --specs 14000 --in-place

mutants: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python -u tools/mutate.py

prove: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python -u tools/prove.py

plant: $(VENV)/.tested
	PYTHONPATH=tests:. $(BIN)/python -u tools/plant.py --shipped

follow: $(VENV)/.torch
	$(PIP) -c $(VENV)/constraints.txt '.[examples,draw]'
	PYTHONPATH=tests $(BIN)/python -u tools/follow.py examples/7_your_own/README.md

way: $(VENV)/.installed
	$(BIN)/python tools/way.py --names

clean:
	rm -rf $(VENV) build dist

# TORCH goes first and by itself, because it may be another version than the tested one.
$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	grep -v '^torch==' constraints.txt > $(VENV)/constraints.txt
	$(PIP) -c $(VENV)/constraints.txt $(TORCH)
	touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml constraints.txt
	grep -v '^torch==' constraints.txt > $(VENV)/constraints.txt
	$(PIP) -c $(VENV)/constraints.txt -e '.[torch,draw]'
	touch $@

# torchvision's wheel asks for a CUDA build of torch, and runs with any: hence --no-deps.
$(VENV)/.tested: $(VENV)/.installed
	$(PIP) -c $(VENV)/constraints.txt -e '.[torch,draw,test]'
	$(PIP) -c constraints.txt --no-deps torchvision
	touch $@
