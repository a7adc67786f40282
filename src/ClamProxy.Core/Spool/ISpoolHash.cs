namespace ClamProxy.Core.Spool;

/// <summary>The SHA-256 of what a spool takes.</summary>
internal interface ISpoolHash
{
    /// <summary>
    /// 64 lower-case hexadecimal digits, some time after <see cref="Complete"/>; cancelled where the file was closed before.
    /// </summary>
    Task<string> Sha256 { get; }

    /// <param name="length">How much has been written by now.</param>
    void Written(long length);

    /// <summary>No more is written.</summary>
    void Complete();
}
