/* SPDX-License-Identifier: MIT */
/*
 * image.h - an image like the one that lds/image.lds.S makes, for all host tests.
 *
 * It has the parts that lib/image.h promises, each with its own byte value (0x90 for text, and so
 * on). The "text" is never executed; tests fill in relocations and the checksum. Variables in
 * section .image.vars are in its .data, where the stub looks for those of the copy. image.lds puts
 * the parts in order.
 */
#ifndef TESTS_IMAGE_H
#define TESTS_IMAGE_H
#include "lib/image.h"

#define IMAGE_RELAS	32
#define IMAGE_ROOM	0x10000		/* more than the image's size */
#endif
