namespace ClamProxy.Rewriting;

/// <summary>Where in a text a URL stands, and so what a client does with it.</summary>
internal enum LinkPlace
{
    /// <summary>Anywhere: it counts only where it is a rule's link in a spelling that is not rewritten.</summary>
    Any = 0,

    /// <summary>Where an index format has its files: clients fetch it, whatever it is called.</summary>
    File,

    /// <summary>An attribute of a page: clients fetch it if it is called as package files are.</summary>
    Reference,

    /// <summary>A value, or a word, of a text of no known format: a client may fetch it if it is called as package files are.</summary>
    Word,

    /// <summary>
    /// A dependency by URL: clients fetch it, but honest packages of old have some, so that it is never a reason to refuse an index.
    /// </summary>
    Dependency,
}
