# Every command first makes the environment in .venv, or leaves it alone when it is up to date.
# Paths are relative, so that the course may lie in a folder with spaces in its name.

PYTHON ?= python3
ENV := .venv/bin/python

# LESSON=02 limits a command to one lesson; these are passed on only when given.
LESSON ?=
CELL ?=
FAULT ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup lab restore slides test outputs confirm faults

help:
	@echo 'make lab                  open the course in JupyterLab            在 JupyterLab 中打开课程'
	@echo 'make restore LESSON=02    bring back the original of lesson 02    恢复第 02 课的原版（你的版本会保留）'
	@echo 'make slides               make the lessons slides, in build/slides  生成幻灯片（在 build/slides 中）'
	@echo 'make test                 run all tests                           运行全部测试'
	@echo 'make test LESSON=02       run the tests of one lesson             只测试一课'
	@echo 'make outputs LESSON=02    run a lesson and store its outputs      重新运行并保存输出（不写 LESSON 则为全部）'
	@echo 'make confirm LESSON=02    confirm that both languages agree       确认中英文两版一致'
	@echo 'make faults               check that the tests notice faults      检验测试能否发现人为错误'
	@echo
	@echo 'make lab PYTHON=python3.12                  with another Python       换用另一个 Python'
	@echo 'make lab ARGS="--no-browser --port 9000"    options for JupyterLab    传给 JupyterLab 的选项'

setup:
	@command -v $(firstword $(PYTHON)) >/dev/null || { \
	  echo 'There is no $(PYTHON) on this computer. Install Python, or name another: make lab PYTHON=python3.12'; \
	  echo '没有找到 $(PYTHON)。请先安装 Python，或指定另一个，例如：make lab PYTHON=python3.12'; exit 1; } >&2
	@$(PYTHON) helpers/setup.py

lab: setup
	@$(ENV) -m helpers.lab $(ARGS)

restore: setup
	@$(ENV) -m helpers.lab --restore $(LESSON)

slides: setup
	@$(ENV) -m slides.build $(LESSON)

test: setup
	$(ENV) -m ruff check .
	$(ENV) -m pytest -n 2 --dist loadscope --nbval notebooks tests --cov=helpers --cov-branch --cov-report=term-missing:skip-covered $(if $(LESSON),-k $(LESSON)_)

outputs: setup
	$(ENV) -m tests.outputs $(LESSON)

confirm: setup
	$(ENV) -m tests.confirm $(LESSON) $(CELL)

faults: setup
	$(ENV) -m tests.faults $(FAULT)
