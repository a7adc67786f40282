namespace ClamProxy.Rewriting;

/// <summary>A place in the tree of link prefixes: what has been read so far, and what may follow.</summary>
internal sealed class LinkTreeNode
{
    private byte[] _bytes = [];
    private LinkTreeNode[] _next = [];

    /// <summary>What has been read is a whole prefix; null: it is a part of one.</summary>
    public LinkPattern? Pattern { get; set; }

    public bool IsLast => _bytes.Length == 0;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public LinkTreeNode? Next(byte one) => _bytes.AsSpan().IndexOf(one) is var at and >= 0 ? _next[at] : null;

    /// <summary>The node behind a byte, created if missing.</summary>
    /// <param name="isOfAnyCase">Both cases of a letter lead to it.</param>
    public LinkTreeNode Add(byte one, bool isOfAnyCase)
    {
        if (Next(one) is not { } node)
        {
            node = new();
            Link(one, node);
        }

        if (isOfAnyCase && char.IsAsciiLetter((char)one) && Next((byte)(one ^ 0x20)) is null)
        {
            Link((byte)(one ^ 0x20), node);
        }

        return node;
    }

    private void Link(byte one, LinkTreeNode node) => (_bytes, _next) = ([.. _bytes, one], [.. _next, node]);
}
