namespace ClamProxy.Core.Objects.S3;

/// <summary>Why a call failed, where a caller does something about it.</summary>
internal enum S3Fault
{
    Other = 0,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>It is not the version that was meant any more (412).</summary>
    Changed,

    /// <summary>The store does not know what was asked for (501).</summary>
    Unknown,
}
