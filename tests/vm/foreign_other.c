/* SPDX-License-Identifier: MIT */
/* foreign_other.c - what foreign.c reaches only through a GOT. */
int other(int n);

int other(int n)
{
	return 2 * n + 2;
}
