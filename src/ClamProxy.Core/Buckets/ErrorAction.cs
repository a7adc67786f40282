namespace ClamProxy.Core.Buckets;

/// <summary>What becomes of an object while there is no verdict of it.</summary>
public enum ErrorAction
{
    /// <summary>It stays as it is.</summary>
    Leave = 0,

    /// <summary>It stays and is tagged <c>scan-status=error</c>, until an attempt has a verdict.</summary>
    Tag,
}
