// SPDX-License-Identifier: Apache-2.0
// The target that the headers of all tests are precompiled with needs a source: this one.
