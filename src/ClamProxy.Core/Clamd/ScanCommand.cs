namespace ClamProxy.Core.Clamd;

/// <summary>How a content is handed to clamd.</summary>
internal enum ScanCommand
{
    None = 0,

    /// <summary>Its bytes, in chunks.</summary>
    Instream,

    /// <summary>A descriptor of the file that holds it.</summary>
    Fildes,
}
