namespace ClamProxy.Core.Unproved;

/// <summary>A clean content of which a client was given bytes.</summary>
internal sealed class DeliveredContent
{
    public DeliveredContent(string key, string client, UnprovedPiece content)
    {
        (Key, Client, Content) = (key, client, content);
        (Place, PlaceOfClient) = (new LinkedListNode<DeliveredContent>(this), new LinkedListNode<DeliveredContent>(this));
    }

    /// <summary>The client and the URL: a hash.</summary>
    public string Key { get; }

    /// <summary>Whose share it takes.</summary>
    public string Client { get; }

    /// <summary>All of it, from its first byte to its last.</summary>
    public UnprovedPiece Content { get; }

    /// <summary>When bytes of it were last given.</summary>
    public long GivenAt { get; set; }

    /// <summary>When other processes were last told; null: never.</summary>
    public long? SharedAt { get; set; }

    /// <summary>Where it stands among all, the one that was given longest ago first.</summary>
    public LinkedListNode<DeliveredContent> Place { get; }

    /// <summary>Where it stands among those of its client.</summary>
    public LinkedListNode<DeliveredContent> PlaceOfClient { get; }
}
