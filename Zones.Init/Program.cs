// zoned: the processes that make and keep the zones of one state directory. DESIGN in short:
//
//   manager (any process that uses Zones.Core)
//      |  SOCK_SEQPACKET, root only                      run/keeper.sock, run/spawner.sock
//      v
//   keeper --- starts, restarts ---> spawner             two processes of this one program
//      |  parent of ↓ (CLONE_PARENT)    |  clone3
//      +------> process 1 of each zone <+                 lives on when either of the two dies
//
// The keeper waits for every process 1 and for commands, tells the manager that claimed a zone how it ended, and has
// nobody claimed it, writes run/NAME.exit and runs `zone agent NAME`, which puts the catalogue right and boots again where
// the spec says so. It keeps nothing that the catalogue does not know: a new keeper is told by the first manager that
// comes (Adopt) which zones live. The spawner keeps nothing at all.
//
// Both are one managed thread around poll(2) or epoll(7), because a clone must not catch another thread inside the
// runtime, and both end when nothing is left for them.
using Zones.Init;

return args switch
{
    ["start", string state, string agent] => Starter.Run(state, agent),
    ["start", string state, string agent, string cgroup] => Starter.Enter(cgroup) ? Starter.Run(state, agent) : 1,
    ["keeper", string state, string agent, string inherited] => Keeper.Run(state, agent, inherited),
    ["spawner", string listener, string keeper] => Spawner.Serve(int.Parse(listener), int.Parse(keeper)),
    ["console", string state, string name, string descriptors] => ConsolePump.Serve(state, name, descriptors),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("zoned: this program is started by the Zones library and by the zone command, not by hand");
    return 2;
}
