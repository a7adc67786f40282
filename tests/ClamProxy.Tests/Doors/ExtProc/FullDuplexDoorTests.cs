using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>FULL_DUPLEX_STREAMED: a body comes in pieces, and goes back from here.</summary>
public sealed class FullDuplexDoorTests : ExtProcDoorTests
{
    private protected override BodySendMode Mode => BodySendMode.FullDuplexStreamed;
}
