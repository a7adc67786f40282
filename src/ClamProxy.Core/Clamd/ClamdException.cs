namespace ClamProxy.Core.Clamd;

/// <summary>A fault of one conversation with a scanner: thrown at the socket, caught where the attempt ends, never seen outside this
/// folder.</summary>
internal sealed class ClamdException(ScannerFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public ScannerFault Fault { get; } = fault;
}
