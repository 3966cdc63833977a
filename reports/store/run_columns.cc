#include "reports/store/run_columns.h"

namespace pmubench::store {

RunInfo InfoFrom(const SqlRow& row) {
  RunInfo info;
  info.id = row.Integer(0);
  info.uuid = row.Bytes(1);
  info.started_ms = row.Integer(2);
  info.machine = row.Bytes(3);
  info.configuration = row.Bytes(4);
  info.branch = row.Bytes(5);
  info.commit = row.Bytes(6);
  info.status = row.Bytes(7);
  info.rows = static_cast<std::uint32_t>(row.Integer(8));
  return info;
}

Run HeadFrom(const SqlRow& row, const std::string& uuid) {
  Run run;
  run.info.uuid = uuid;
  run.info.id = row.Integer(0);
  run.info.started_ms = row.Integer(1);
  run.info.machine = row.Bytes(2);
  run.machine_document = row.Bytes(3);
  run.info.configuration = row.Bytes(4);
  run.configuration_document = row.Bytes(5);
  run.info.branch = row.Bytes(6);
  run.info.commit = row.Bytes(7);
  run.info.status = row.Bytes(8);
  run.info.rows = static_cast<std::uint32_t>(row.Integer(9));
  run.document = row.Bytes(10);
  return run;
}

}  // namespace pmubench::store
