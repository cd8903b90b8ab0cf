/* SPDX-License-Identifier: MIT */
#include "stub/from_pc.h"
