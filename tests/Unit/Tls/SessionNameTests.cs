using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Tls;

public sealed class SessionNameTests
{
    [Theory]
    [InlineData("10.142.50.10", 41121, "10-142-50-10-41121.invalid")]
    [InlineData("2001:db8::1", 41122, "20010db8000000000000000000000001-41122.invalid")]
    [InlineData("site.example", 41121, "site.example")]
    public void An_address_has_a_name_by_which_sessions_are_kept_and_a_name_stays(string host, int port, string expected) =>
        Assert.Equal(expected, SessionName.Of(host, port));
}
