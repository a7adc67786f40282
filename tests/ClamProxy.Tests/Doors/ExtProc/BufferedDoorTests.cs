using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>BUFFERED: a body comes in one message, and Envoy keeps it.</summary>
public sealed class BufferedDoorTests : ExtProcDoorTests
{
    private protected override BodySendMode Mode => BodySendMode.Buffered;
}
