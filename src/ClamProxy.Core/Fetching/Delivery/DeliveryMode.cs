using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>What a client gets while its file is still being downloaded and scanned (contract §5).</summary>
public enum DeliveryMode
{
    /// <summary>Nothing before the verdict, however long it takes.</summary>
    Hold = 0,

    /// <summary>Interim responses where the client supports them, else as <see cref="Trickle"/>.</summary>
    [EarlierName("patience")]
    KeepAlive,

    /// <summary>After a while the request to come back, while the work goes on.</summary>
    Retry,

    /// <summary>
    /// Interim responses (RFC 9110 §15.2) where the client supports them, else as <see cref="Hold"/>: no byte of a body leaves before its
    /// verdict.
    /// </summary>
    Interim,

    /// <summary>After a while the head and a trickle of bytes, which keep the client's read time-out from firing.</summary>
    Trickle,
}
