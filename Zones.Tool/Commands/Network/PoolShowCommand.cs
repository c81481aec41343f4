using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Network;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool show</c>.</summary>
internal static class PoolShowCommand
{
    public static Command Make()
    {
        Command command = new("show", "print a pool: who has its addresses, and which are reserved");
        Argument<string> name = PoolCommand.Name();
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(name);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            IZoneNetwork network = session.Host.Network();
            AddressPool pool = await network.PoolAsync(parsed.GetValue(name)!, session.Cancel);
            List<AddressLease> leases = [.. (await network.LeasesAsync(null, session.Cancel)).Where(lease => lease.Pool == pool.Name)];
            IReadOnlyList<AddressReservation> reservations = await network.ReservationsAsync(pool.Name, session.Cancel);
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                JsonObject shown = NetworkShown.Pool(pool);
                shown["leases"] = new JsonArray([.. leases.Select(NetworkShown.Lease)]);
                shown["reservations"] = new JsonArray([.. reservations.Select(NetworkShown.Reservation)]);
                Document.Write(session.Out, shown, tree);
                return ExitCode.Ok;
            }

            foreach (PoolSubnet subnet in pool.Subnets)
            {
                session.Out.WriteLine($"{subnet.Prefix} by {subnet.Gateway} on {pool.Bridge}{(pool.Nat ? ", nat" : "")}{(subnet.Ranges.Count > 0 ? ", of it " + string.Join(", ", subnet.Ranges) : "")}");
            }

            Columns table = new("ADDRESS", "ZONE", "LINK", "COMMENT");
            foreach (AddressLease lease in leases)
            {
                table.Add(lease.Address, lease.Zone, lease.Link, reservations.FirstOrDefault(one => one.Address == lease.Address) is { } kept ? "reserved" + Comment(kept) : "");
            }

            foreach (AddressReservation reservation in reservations.Where(one => !leases.Exists(lease => lease.Address == one.Address)))
            {
                table.Add(reservation.Address, reservation.Zone ?? "-", "-", "reserved" + Comment(reservation));
            }

            table.WriteTo(session.Out);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static string Comment(AddressReservation reservation) => reservation.Comment is { } comment ? ": " + comment : "";
}
