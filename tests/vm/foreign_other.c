/* SPDX-License-Identifier: MIT */
/* foreign_other.c - what foreign.c can reach only through a GOT. */
int other(int n);

int other(int n)
{
	return 2 * n + 2;
}
