namespace ClamProxy.Rewriting;

/// <summary>A text whose links cannot be rewritten: it is not delivered, since they would lead past the scanner.</summary>
internal sealed class UnrewritableTextException(string message) : Exception(message);
