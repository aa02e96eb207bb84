/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the program begins (rt/start.c); main() has the standard's meaning. */
#pragma once

int main(int argc, char **argv, char **envp);
