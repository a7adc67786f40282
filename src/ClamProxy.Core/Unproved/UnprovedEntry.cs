namespace ClamProxy.Core.Unproved;

/// <summary>One transfer whose bytes left, or leave, before they were found clean.</summary>
internal sealed class UnprovedEntry
{
    public UnprovedEntry(string key, string client)
    {
        (Key, Client) = (key, client);
        Place = new LinkedListNode<UnprovedEntry>(this);
    }

    /// <summary>The client and the URL: a hash.</summary>
    public string Key { get; }

    /// <summary>Whose share it takes.</summary>
    public string Client { get; }

    /// <summary>The entry's name among those of its key, in every process.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What the client has; null: bytes are still leaving.</summary>
    public UnprovedPiece? Piece { get; set; }

    /// <summary>When the transfer ended.</summary>
    public long SettledAt { get; set; }

    /// <summary>Where it stands among those that ended.</summary>
    public LinkedListNode<UnprovedEntry> Place { get; }
}
