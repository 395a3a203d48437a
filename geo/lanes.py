"""Lanes: sixteen searches side by side in one vector register.

LLVM does not find the vector form of this loop by itself (it must assume that the two rows
overlap), so the few instructions are given here; where registers are narrower it splits them.
"""

# numba hands compiler objects to an intrinsic, for which it ships no types
# ruff: noqa: ANN401

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.compiled import Intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

LANES = 16


def _relax_lanes(
    _context: Any, source: Any, _source_row: Any, target: Any, _target_row: Any, _cost: Any
) -> Any:
    """Lower row ``target_row`` of ``target`` to row ``source_row`` of ``source`` plus ``cost``.

    Rows are `LANES` wide, in flat contiguous arrays. The answer has a bit for every lane that was
    lowered. Here only the types are told and the instructions laid down.
    """
    # only who compiles has the compiler loaded
    from llvmlite import ir  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types
    from numba import types  # noqa: PLC0415

    signature = types.int64(source, types.int64, target, types.int64, types.float32)

    def generate(context: Any, builder: Any, made: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.FloatType(), LANES)
        undefined = ir.Constant(vector, ir.Undefined)

        def row(place: int) -> Any:
            # where an array's row begins, as one vector
            array = context.make_array(made.args[place])(context, builder, arguments[place])
            at = builder.mul(arguments[place + 1], ir.Constant(ir.IntType(64), LANES))
            return builder.bitcast(builder.gep(array.data, [at]), vector.as_pointer())

        # the cost in every lane
        first = builder.insert_element(undefined, arguments[4], ir.Constant(ir.IntType(32), 0))
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        costs = builder.shuffle_vector(first, undefined, everywhere)
        # old and new values, and where the new one is less
        there = row(2)
        old = builder.load(there, align=4)
        new = builder.fadd(builder.load(row(0), align=4), costs)
        less = builder.fcmp_ordered("<", new, old)
        # keep the lesser of each lane, and answer with a bit a lane
        builder.store(builder.select(less, new, old), there, align=4)
        return builder.zext(builder.bitcast(less, ir.IntType(LANES)), ir.IntType(64))

    return signature, generate


_made: Any = Intrinsic(_relax_lanes)
relax_lanes: Callable[[NDArray[np.float32], int, NDArray[np.float32], int, np.float32], int] = _made
