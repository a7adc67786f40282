namespace ClamProxy.Core.Store;

/// <summary>What was found wrong with something in the store's folder.</summary>
internal enum StoreDamage
{
    /// <summary>It is nothing that the store puts there: a link, another user's file, another name.</summary>
    Foreign = 0,

    /// <summary>A content's bytes are not those of its name.</summary>
    Content,

    /// <summary>A verdict cannot be believed.</summary>
    Verdict,

    /// <summary>An URL's entry cannot be believed.</summary>
    Entry,
}
