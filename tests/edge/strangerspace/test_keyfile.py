from strangerspace.keyfile import read_or_create


def test_a_secret_is_made_once_and_kept(tmp_path):
    path = tmp_path / "deep/secret_key"

    assert read_or_create(path) == read_or_create(path) == path.read_text()


def test_it_is_long_and_private(tmp_path):
    path = tmp_path / "secret_key"

    assert len(read_or_create(path)) == 64
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_two_processes_that_start_together_the_second_takes_the_first_ones(
    tmp_path, monkeypatch
):
    """Between its look and its link, another process makes the file."""
    path = tmp_path / "secret_key"
    monkeypatch.setattr(type(path), "exists", lambda _self: False)
    path.write_text("theirs")

    assert read_or_create(path) == "theirs"
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
