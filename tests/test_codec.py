"""One byte form of a value, whoever writes it: documents are named by it, journals are chained by it."""

import simplejson
from hypothesis import example, given
from hypothesis import strategies as st

from archive.codec import canonical, loads

numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.decimals(-1, 1, allow_nan=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
@example({"ab": 1, "a": 2, "": 3, "abc": {"00": 4, "0": 5}})
def test_the_canonical_form_is_what_another_writer_writes(value):
    """Sorted keys, no spaces, Chinese as itself, decimals with their own digits; and it reads back as the same value."""
    text = simplejson.dumps(value, ensure_ascii=False, use_decimal=True, sort_keys=True, separators=(",", ":"))
    assert canonical(value) == text.encode()
    assert canonical(loads(canonical(value))) == canonical(value)
