-- The table of db-scheduler 16.12.0, which decides what is due, who has it and who died. The columns namespace and
-- enqueued_at are ours; the engine leaves them alone. task_data stays null: the step's row holds everything.

create table tasker.scheduled_tasks (
  task_name            text not null,
  task_instance        text not null,
  task_data            bytea,
  execution_time       timestamptz not null,
  picked               boolean not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures int,
  last_heartbeat       timestamptz,
  version              bigint not null,
  priority             smallint not null default 0,
  namespace            text not null default '',
  enqueued_at          timestamptz not null default clock_timestamp(),
  primary key (task_name, task_instance)
);
-- in the order in which work is picked
create index scheduled_tasks_next on tasker.scheduled_tasks (priority desc, execution_time) where not picked;
create index scheduled_tasks_heartbeat on tasker.scheduled_tasks (last_heartbeat) where picked;
