namespace ClamProxy.Ranges;

/// <summary>What a request's conditions make of it.</summary>
internal enum PreconditionOutcome
{
    /// <summary>412: the file is not the one that the client wants.</summary>
    Failed = 0,

    /// <summary>304: the client has the file.</summary>
    NotModified,

    /// <summary>The answer is what it would be without conditions.</summary>
    Proceed,
}
