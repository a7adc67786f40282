namespace ClamProxy.Problems;

/// <summary>How a problem is written.</summary>
internal enum ProblemForm
{
    /// <summary>RFC 9457's JSON: whoever has no other wish.</summary>
    Json = 0,

    /// <summary>A small page, for browsers.</summary>
    Page,

    /// <summary>A few lines, for terminals.</summary>
    Text,
}
