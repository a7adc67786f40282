namespace ClamProxy.Rewriting;

/// <summary>Searches one text for links, in whatever forms its clients may read it, as it passes through.</summary>
internal sealed class LinkSearch
{
    private readonly LinkFindings _inJson;
    private readonly LinkFindings _inPage;
    private readonly LinkFindings _inWords;
    private readonly JsonLinks? _json;
    private readonly HtmlLinks? _page;
    private readonly TextLinks? _text;
    private readonly byte[] _narrow = new byte[4 << 10];
    private bool _hasBegun;

    public LinkSearch(LinkHosts hosts, TextForm form)
    {
        (_inJson, _inPage, _inWords) = (new(hosts), new(hosts), new(hosts));
        _json = form.IsJson ? new(_inJson) : null;
        _page = form.IsPage ? new(_inPage) : null;
        _text = form.HasWords || form.IsMetalink ? new(_inWords, form.IsMetalink) : null;
    }

    /// <summary>The content has zero bytes: it is no text, or one of 16 or 32 bits a character.</summary>
    public bool HasZeros { get; private set; }

    /// <summary>What was found, once the text is over. The words of JSON count only where it turns out to be none.</summary>
    public LinkReport Report => LinkReport.Of(_json is { IsBroken: false, IsOpen: false } ? [_inJson, _inPage] : [_inPage, _inWords]);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.Contains((byte)0))
        {
            Search(bytes);
            return;
        }

        // Of ASCII in 16 or 32 bits a character, ASCII is left without the zeros.
        HasZeros = true;
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, _narrow.Length)];
            var length = 0;
            foreach (var one in piece)
            {
                _narrow[length] = one;
                length += one == 0 ? 0 : 1;
            }

            Search(_narrow.AsSpan(0, length));
            bytes = bytes[piece.Length..];
        }
    }

    public void Finish()
    {
        _page?.Finish();
        _text?.Finish();
    }

    private void Search(ReadOnlySpan<byte> bytes)
    {
        if (!_hasBegun)
        {
            bytes = bytes.TrimStart((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF, 0xFE, 0xFF]);
            _hasBegun = bytes.Length > 0;
        }

        _json?.Write(bytes);
        _page?.Write(bytes);
        _text?.Write(bytes);
    }
}
