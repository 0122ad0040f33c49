"""Signatures estimate what sets have in common."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.minhash import band_keys, BINS, signature, signature_of_few
from archive.shingles import distinct, mix

NUMBERS = st.lists(st.integers(0, 2**62), max_size=400).map(lambda some: distinct(mix(np.array(some, dtype=np.uint64))))


def few(hashes):
    return signature_of_few(hashes, 72)


def similarity(one, other):
    """Return the share of elements in common that two signatures tell of."""
    return float((one == other).mean())


@pytest.mark.parametrize("sign", [signature, few])
@given(one=NUMBERS, other=NUMBERS)
def test_similarity_is_symmetric_and_whole_for_itself(sign, one, other):
    """What a ranking rests on, for sets of every size from none."""
    assert similarity(sign(one), sign(one)) == 1.0
    assert similarity(sign(one), sign(other)) == similarity(sign(other), sign(one))


@pytest.mark.parametrize("sign", [signature, few])
@given(hashes=NUMBERS)
def test_a_signature_does_not_depend_on_how_often_an_element_came(sign, hashes):
    """A set is a set: a sentence printed twice, or elsewhere in the text, changes nothing."""
    assert (sign(np.concatenate((hashes[::-1], hashes))) == sign(hashes)).all()


@pytest.mark.parametrize("size", [30, 300, 5000])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
@given(seed=st.integers(0, 2**32))
def test_the_estimate_is_near_the_truth(size, share, seed):
    """Within five standard errors; a set smaller than the bins gives fewer independent values."""
    lot = np.random.Generator(np.random.PCG64(seed))
    common = round(2 * size * share / (1 + share))
    numbers = mix(lot.permutation(np.arange(2 * size - common, dtype=np.uint64)) + np.uint64(lot.integers(1 << 60)))
    one, other = np.sort(numbers[:size]), np.sort(numbers[size - common :])
    truth = common / (2 * size - common)
    error = 5 * (truth * (1 - truth) / min(BINS, size)) ** 0.5 + 0.03
    assert similarity(signature(one), signature(other)) == pytest.approx(truth, abs=error)


def test_bands_share_a_key_only_where_their_values_are_equal():
    """One changed value changes its own band's key and no other."""
    values = signature(mix(np.arange(3000, dtype=np.uint64)).copy())
    changed = values.copy()
    changed[9] += 1
    before, after = band_keys(values, 4), band_keys(changed, 4)
    assert [at for at, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [9 // 4]
    assert len({*before, *band_keys(values, 4, salt=1)}) == 2 * BINS // 4


def test_signatures_stay_what_they_are():
    """They are stored: another numpy or machine must give the same."""
    values = signature(np.sort(mix(np.arange(1, 101, dtype=np.uint64))))
    assert values[:4].tolist() == [1534258329, 3687125120, 3193519269, 887756089]
    assert signature_of_few(mix(np.arange(1, 10, dtype=np.uint64)), 72)[:2].tolist() == [2385620390, 2824358912]
