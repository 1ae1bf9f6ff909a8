# make run   a working page at http://127.0.0.1:8000 (PORT=…), from nothing
# make test  a green test run, from nothing

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
# A folder of statutes, regulations and other documents to measure the parser on.
LIBRARY ?= ../shared/library
# Seconds for which a server is asked without a pause while its memory is watched, and by how many people; by half of
# those that it can sustain where that is 0.
SOAK   ?= 180
PEOPLE ?= 0
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# The CPU build of PyTorch, for those whose package index offers it under this number alone. Others can name PyTorch's
# CPU index: make setup PIP_FLAGS='--extra-index-url …'
TORCH     ?= torch==2.13.0
PIP_FLAGS ?=

.PHONY: run test test-thorough setup eval bench bench-corpus load lint clean
.DEFAULT_GOAL := help

help:
	@echo 'make run    建好环境、模型和索引，打开 http://127.0.0.1:$(PORT)'
	@echo 'make test   建好环境、模型和索引，运行测试（逐条安装生成器的除外）'
	@echo 'make test-thorough  运行全部测试，连同按自述逐条安装生成器、生成客户端'
	@echo 'make eval   在金标问题上评测，输出表格和 HTML 报告'
	@echo 'make bench  测速，并与普通流程对比'
	@echo 'make bench-corpus  在一批真实文件上核对结构解析与字数守恒（LIBRARY=文件夹）'
	@echo 'make load   加压：p99 不超过 100 毫秒时每秒能答多少问；持续提问时内存是否持平（SOAK=秒，PEOPLE=人数）'
	@echo 'make lint   代码检查：ruff、mypy、分层'
	@echo 'make clean  删除环境与运行数据'

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高版本" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet $(PIP_FLAGS) '$(TORCH)'
	$(BIN)/pip install --quiet $(PIP_FLAGS) --editable '.[dev]'
	touch $@

setup: $(STAMP)
	$(BIN)/python -m index build

run: setup
	$(BIN)/python -m web --port $(PORT)

test: setup
	$(BIN)/pytest -n 2 --dist loadgroup -m 'not thorough'

test-thorough: setup
	$(BIN)/pytest -n 2 --dist loadgroup

eval: setup
	$(BIN)/python -m eval

bench: setup
	$(BIN)/python -m eval bench

bench-corpus: $(STAMP)
	$(BIN)/python -m eval structure $(LIBRARY)

load: setup
	$(BIN)/python -m eval load --soak $(SOAK) --people $(PEOPLE)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) var *.egg-info
