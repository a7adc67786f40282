namespace ClamProxy.Core.Clamd;

/// <summary>The content to be scanned could not be read as announced: nothing is known of it.</summary>
public sealed class ScanSourceException : IOException
{
    public ScanSourceException()
    {
    }

    public ScanSourceException(string message)
        : base(message)
    {
    }

    public ScanSourceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
