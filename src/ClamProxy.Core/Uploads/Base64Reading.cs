namespace ClamProxy.Core.Uploads;

/// <summary>How a receiver reads base64. But for the first, each passes over what is none.</summary>
internal enum Base64Reading
{
    /// <summary>RFC 4648 §4, with blanks and without padding too; anything else ends it. What npm sends, all readers read alike.</summary>
    Strict = 0,

    /// <summary>Both alphabets, as Node's.</summary>
    BothAlphabets,

    /// <summary>The standard alphabet, as Ruby's and Python's: - and _ are passed over too.</summary>
    StandardAlphabet,

    /// <summary>The standard alphabet up to the first padding.</summary>
    UntilPadding,
}
