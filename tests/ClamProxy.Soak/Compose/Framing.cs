namespace ClamProxy.Soak.Compose;

/// <summary>How a body says where it ends (RFC 9112 §6).</summary>
internal enum Framing
{
    /// <summary>Content-Length, and it is right.</summary>
    Length = 0,

    /// <summary>Content-Length, and the body is shorter.</summary>
    LongLength,

    /// <summary>Content-Length, and more bytes follow.</summary>
    ShortLength,

    Chunked,

    /// <summary>The end of the connection.</summary>
    UntilClose,
}
